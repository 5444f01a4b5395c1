package dev.caisson.guest;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;

/** The first connection to an agent. */
record Greeting(Link link) {
    private static final String ATTEMPT = "connecting to the guest's agent";
    private static final Duration FIRST_PAUSE = Duration.ofMillis(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(25);
    /**
     * An attempt whose packets got lost because the guest was not there yet must not wait for TCP to repeat them, which it
     * does after a second; later attempts have more time, for a machine that is busy.
     */
    private static final Duration FIRST_ATTEMPT = Duration.ofMillis(50);
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(5);
    /** A connection that is cut during the handshake looks like a refusal, so one refusal does not count. */
    private static final int REFUSALS = 3;

    AgentInfo once(Deadline deadline) {
        try {
            return link.greet(deadline);
        } catch (IOException e) {
            throw Failures.of(ATTEMPT, e);
        }
    }

    AgentInfo untilAnswered(Deadline deadline) {
        var pause = FIRST_PAUSE;
        var patience = FIRST_ATTEMPT;
        var failures = new ArrayDeque<IOException>();
        while (true) {
            try {
                return link.greet(deadline.orAfter(patience));
            } catch (IOException e) {
                // What went wrong before says more than that there was no time for another attempt.
                if (failures.isEmpty() || !deadline.passed()) {
                    failures.add(e);
                }
                if (deadline.passed() || isFinal(failures)) {
                    throw Failures.of(ATTEMPT, failures.getLast());
                }
            }
            LockSupport.parkNanos(pause.toNanos());
            pause = shorter(pause.multipliedBy(3).dividedBy(2), LONGEST_PAUSE);
            patience = shorter(patience.multipliedBy(2), LONGEST_ATTEMPT);
        }
    }

    private static boolean isFinal(Deque<IOException> failures) {
        return failures.getLast() instanceof MalformedException
                || failures.stream().filter(RefusedException.class::isInstance).count() == REFUSALS
                || Thread.currentThread().isInterrupted();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
