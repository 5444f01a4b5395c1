package dev.caisson.linux;

/** The mode that this process's new files and folders get when nothing else says so. */
public final class FileModes {
    private static final int OWNER_ONLY = 0077;

    private FileModes() {}

    /** From now on what this process and its children make is closed to everybody but its owner (umask(2)). */
    public static void restrictToOwner() {
        Libc.umask(OWNER_ONLY);
    }
}
