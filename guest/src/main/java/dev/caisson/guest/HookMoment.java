package dev.caisson.guest;

/** When a guest's own programs are run. */
public enum HookMoment {
    /** Before the sandbox is stopped to be saved. */
    BEFORE_SNAPSHOT("before-snapshot"),
    /** When it goes on from its own saved state. */
    AFTER_RESTORE("after-restore"),
    /** When a new sandbox goes on from the state of another; after {@link #AFTER_RESTORE}'s. */
    AFTER_FORK("after-fork");

    private final String folder;

    HookMoment(String folder) {
        this.folder = folder;
    }

    /** Name of the folder below {@code /etc/caisson/hooks}, without {@code .d}. */
    public String folder() {
        return folder;
    }
}
