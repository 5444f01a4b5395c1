package dev.caisson.linux;

import dev.caisson.base.Category;

/** Turns the kernel's error numbers (errno(3), the same on every architecture that Java runs on) into exceptions. */
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int EEXIST = 17;
    static final int EXDEV = 18;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int ENFILE = 23;
    static final int EMFILE = 24;
    static final int ENOTTY = 25;
    static final int ENOSPC = 28;
    static final int ENOSYS = 38;
    static final int EOPNOTSUPP = 95;
    static final int EDQUOT = 122;

    private Errno() {}

    /**
     * @param attempt what was attempted on what, to follow "could not": {@code mount the image /x at /y}
     * @param result a negated error number as {@link Libc} answers it
     */
    static LinuxException failure(String attempt, long result) {
        int errno = (int) -result;
        return new LinuxException(category(errno),
                "could not " + attempt + ": " + Libc.describe(errno) + " (error " + errno + ")" + advice(errno));
    }

    /** Gives {@code result} back unless it is an error. */
    static long check(long result, String attempt) {
        if (result < 0) {
            throw failure(attempt, result);
        }
        return result;
    }

    static int check(int result, String attempt) {
        return (int) check((long) result, attempt);
    }

    private static Category category(int errno) {
        return switch (errno) {
            case ENOENT, ENXIO, ESRCH -> Category.NOT_FOUND;
            case EPERM, EACCES -> Category.DENIED;
            case EBUSY, EEXIST -> Category.CONFLICT;
            case ENOSPC, EDQUOT, ENOMEM, ENFILE, EMFILE -> Category.EXHAUSTED;
            case ENOSYS, EOPNOTSUPP, ENODEV, ENOTTY -> Category.UNSUPPORTED;
            default -> Category.INTERNAL;
        };
    }

    private static String advice(int errno) {
        return switch (errno) {
            case EPERM, EACCES -> "; this needs root on the machine itself, not in a container";
            case ENODEV -> "; the kernel lacks that file system or device: `modprobe` its module";
            case ENOSPC, EDQUOT -> "; free some space on that file system";
            case ENFILE, EMFILE -> "; raise the limit of open files";
            default -> "";
        };
    }
}
