package dev.caisson.envd;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.envd.connect.ConnectCode;
import dev.caisson.envd.connect.ConnectFailure;

/** What clients see of failures that no method translates in its own way. */
final class GuestFailures {
    private GuestFailures() {}

    static ConnectFailure plain(CaissonException e) {
        return as(code(e.category()), e);
    }

    static ConnectFailure as(ConnectCode code, CaissonException e) {
        return as(code, e, "");
    }

    /** @param words that clients look for in the message */
    static ConnectFailure as(ConnectCode code, CaissonException e, String words) {
        return new ConnectFailure(code, words + e.getMessage(), e);
    }

    private static ConnectCode code(Category category) {
        return switch (category) {
            case INVALID -> ConnectCode.INVALID_ARGUMENT;
            case UNAUTHENTICATED -> ConnectCode.UNAUTHENTICATED;
            case DENIED -> ConnectCode.PERMISSION_DENIED;
            case NOT_FOUND -> ConnectCode.NOT_FOUND;
            case CONFLICT -> ConnectCode.FAILED_PRECONDITION;
            case EXHAUSTED -> ConnectCode.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> ConnectCode.UNAVAILABLE;
            case TIMEOUT -> ConnectCode.DEADLINE_EXCEEDED;
            case UNSUPPORTED -> ConnectCode.UNIMPLEMENTED;
            case INTERNAL -> ConnectCode.INTERNAL;
        };
    }
}
