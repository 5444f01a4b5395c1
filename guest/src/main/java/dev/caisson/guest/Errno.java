package dev.caisson.guest;

import java.util.Arrays;

/** Linux error numbers that callers tell apart (errno(3), x86-64 and arm64 alike); everything else is {@link #OTHER}. */
public enum Errno {
    NONE(0), EPERM(1), ENOENT(2), ESRCH(3), EIO(5), EAGAIN(11), ENOMEM(12), EACCES(13), EBUSY(16), EEXIST(17), EXDEV(18),
    ENOTDIR(20), EISDIR(21), EINVAL(22), EMFILE(24), EFBIG(27), ENOSPC(28), EPIPE(32), ENAMETOOLONG(36), ENOTEMPTY(39),
    ELOOP(40), EOPNOTSUPP(95), ECONNREFUSED(111), EDQUOT(122), OTHER(-1);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    public static Errno of(int number) {
        return Arrays.stream(values()).filter(e -> e.number == number).findFirst().orElse(OTHER);
    }
}
