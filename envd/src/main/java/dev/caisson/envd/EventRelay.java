package dev.caisson.envd;

import dev.caisson.envd.connect.Call;
import dev.caisson.envd.connect.CallBroken;
import dev.caisson.envd.connect.ConnectFailure;
import dev.caisson.guest.GuestException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Passes events from the guest to a client until one of them is the last, the deadline passes, or either side is gone; sends
 * a keepalive whenever nothing came for the interval the client asked for.
 *
 * @param <E> what the guest sends
 */
abstract class EventRelay<E> {
    /** The next event, if one comes within {@code patience}. */
    abstract Optional<E> next(Duration patience);

    /** Sends an event; false if it was the last. */
    abstract boolean send(E event) throws IOException;

    abstract void sendKeepalive() throws IOException;

    /** Called when the deadline passes, before the client hears of it. */
    void deadlinePassed() {}

    /**
     * @throws ConnectFailure {@code deadline_exceeded}
     * @throws CallBroken if the link broke, as it does when the sandbox is killed
     */
    final void run(Call<Caller> call) throws IOException {
        var interval = Keepalive.interval(call.exchange());
        var lastSent = System.nanoTime();
        while (true) {
            var silence = interval.minusNanos(System.nanoTime() - lastSent);
            if (silence.isNegative() || silence.isZero()) {
                sendKeepalive();
                lastSent = System.nanoTime();
                continue;
            }
            var event = nextOrBroken(call.deadline().within(silence));
            // After the wait, because the end of the process may already be the work of the deadline.
            if (call.deadline().passed()) {
                deadlinePassed();
                throw ConnectFailure.deadline();
            }
            if (event.isPresent()) {
                if (!send(event.get())) {
                    return;
                }
                lastSent = System.nanoTime();
            }
        }
    }

    private Optional<E> nextOrBroken(Duration patience) {
        try {
            return next(patience);
        } catch (GuestException e) {
            throw new CallBroken(e);
        }
    }
}
