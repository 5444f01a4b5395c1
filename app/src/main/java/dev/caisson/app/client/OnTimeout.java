package dev.caisson.app.client;

/** What is to happen when a sandbox's time is up. */
public enum OnTimeout {
    KILL("kill"),
    PAUSE("pause"),
    /** Paused without memory: what ran is gone, files are kept. */
    PAUSE_FILES("pause-files");

    private final String word;

    OnTimeout(String word) {
        this.word = word;
    }

    /** As people write it. */
    @Override
    public String toString() {
        return word;
    }
}
