package dev.caisson.bench;

import java.util.List;

/** A process in a sandbox that holds {@value #MEBIBYTES} MiB of random bytes. */
final class Ballast {
    static final int MEBIBYTES = 200;

    private static final String FILLED = "/tmp/caisson-bench-filled";
    private static final String SCRIPT = """
            import os, time
            held = [os.urandom(1 << 20) for _ in range(%d)]
            open("%s", "w").close()
            while True:
                time.sleep(3600)
            """.formatted(MEBIBYTES, FILLED);
    private static final String AWAIT = "while ! test -e " + FILLED + "; do sleep 0.05; done";
    private static final String START = "setsid \"$@\" </dev/null >/dev/null 2>&1 & " + AWAIT;

    /** It itself, for a sandbox that has it as its first process: none that the tool's {@code exec} starts lives on in a restored one. */
    static final List<String> PROCESS = List.of("/usr/bin/python3", "-c", SCRIPT);

    private Ballast() {}

    /** Starts it beside what runs; returns once all of the memory is filled. */
    static void start(Runner runner) {
        runner.run("/bin/sh", "-c", START, "sh", "/usr/bin/python3", "-c", SCRIPT);
    }

    /** Returns once the first process has filled its memory. */
    static void await(Runner runner) {
        runner.run("/bin/sh", "-c", AWAIT);
    }
}
