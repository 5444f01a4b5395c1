package dev.caisson.envd;

import dev.caisson.envd.connect.ConnectCode;
import dev.caisson.envd.connect.ConnectFailure;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.ProcessSelector;
import java.util.function.Supplier;

/** What clients see when something cannot be done to a process ({@code contract/envd.md} §2.5). */
final class ProcessFailures {
    private ProcessFailures() {}

    /** Does {@code work} on the selected process. */
    static <T> T about(ProcessSelector selector, Supplier<T> work) {
        try {
            return work.get();
        } catch (GuestException e) {
            throw switch (e.category()) {
                case NOT_FOUND -> notFound(selector);
                case CONFLICT -> GuestFailures.as(ConnectCode.INTERNAL, e);
                case UNSUPPORTED -> GuestFailures.as(ConnectCode.UNKNOWN, e);
                default -> e;
            };
        }
    }

    /** Clients and the tests of clients know this text. */
    static ConnectFailure notFound(ProcessSelector selector) {
        return new ConnectFailure(ConnectCode.NOT_FOUND, ProcessMessages.name(selector) + " not found");
    }
}
