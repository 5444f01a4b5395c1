package dev.caisson.envd;

import dev.caisson.base.Category;
import dev.caisson.envd.connect.ConnectCode;
import dev.caisson.envd.connect.ConnectFailure;
import dev.caisson.guest.Errno;
import dev.caisson.guest.GuestException;
import java.util.function.Function;
import java.util.function.Supplier;

/** What clients see when something cannot be done to files ({@code contract/envd.md} §5.3). Unlisted failures are {@code internal}. */
final class FilesystemFailures {
    private FilesystemFailures() {}

    static <T> T stat(Supplier<T> work) {
        return translate(work, FilesystemFailures::usual);
    }

    /** Also for watches: both need a folder. */
    static <T> T folder(Supplier<T> work) {
        return translate(work, e -> switch (e.errno()) {
            case ENOTDIR -> GuestFailures.as(ConnectCode.INVALID_ARGUMENT, e, "not a directory: ");
            case ELOOP -> GuestFailures.as(ConnectCode.FAILED_PRECONDITION, e, "cyclic symlink: ");
            case EOPNOTSUPP -> GuestFailures.as(ConnectCode.INVALID_ARGUMENT, e);
            default -> usual(e);
        });
    }

    static ConnectFailure usual(GuestException e) {
        if (e.errno() == Errno.ENOENT) {
            return GuestFailures.as(ConnectCode.NOT_FOUND, e);
        }
        var refusedByAgent = e.errno() == Errno.NONE && e.category() != Category.EXHAUSTED;
        return refusedByAgent ? GuestFailures.plain(e) : GuestFailures.as(ConnectCode.INTERNAL, e);
    }

    private static <T> T translate(Supplier<T> work, Function<GuestException, ConnectFailure> words) {
        try {
            return work.get();
        } catch (GuestException e) {
            throw words.apply(e);
        }
    }
}
