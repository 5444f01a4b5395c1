package dev.caisson.guest;

/** When a guest's own programs are run. */
public enum HookMoment {
    /** Before the sandbox is stopped to be saved. */
    BEFORE_SNAPSHOT("before-snapshot", 1),
    /** When it goes on from its own saved state. */
    AFTER_RESTORE("after-restore", 2),
    /** When a new sandbox goes on from the state of another; after {@link #AFTER_RESTORE}'s. */
    AFTER_FORK("after-fork", 3);

    private final String folder;
    private final int code;

    HookMoment(String folder, int code) {
        this.folder = folder;
        this.code = code;
    }

    /** Name of the folder below {@code /etc/caisson/hooks}, without {@code .d}. */
    public String folder() {
        return folder;
    }

    /** Its number on the wire ({@code guest-agent/PROTOCOL.md} §4). */
    int code() {
        return code;
    }
}
