package dev.caisson.envd;

import dev.caisson.guest.Errno;
import dev.caisson.guest.GuestException;
import dev.caisson.http.HttpException;

/** How refusals of the guest read on the {@code /files} routes ({@code contract/envd.md} §3.4, §3.5). */
final class FileFailures {
    private FileFailures() {}

    /** What no route has words of its own for. */
    static HttpException of(String user, GuestException e) {
        var message = String.valueOf(e.getMessage());
        if (isNoSpace(e)) {
            return noSpace("");
        }
        return switch (e.category()) {
            case UNAUTHENTICATED -> unknownUser(user);
            case UNAVAILABLE, TIMEOUT -> new HttpException(e.category(), message);
            case INVALID -> HttpException.withStatus(e.errno() == Errno.NONE ? 400 : 500, message);
            case DENIED, NOT_FOUND, CONFLICT, EXHAUSTED, UNSUPPORTED, INTERNAL -> HttpException.withStatus(500, message);
        };
    }

    static HttpException unknownUser(String user) {
        return HttpException.withStatus(401, "error looking up user '" + user + "': user: unknown user " + user);
    }

    static HttpException missing(String path) {
        return HttpException.withStatus(404, "path '" + path + "' does not exist");
    }

    static HttpException folder(String path) {
        return HttpException.invalid("path '" + path + "' is a directory");
    }

    static boolean isNoSpace(GuestException e) {
        return e.errno() == Errno.ENOSPC || e.errno() == Errno.EDQUOT;
    }

    /** @param attempt what was to be written, or empty */
    static HttpException noSpace(String attempt) {
        return HttpException.withStatus(507, attempt + "not enough disk space available");
    }
}
