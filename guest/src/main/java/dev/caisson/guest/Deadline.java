package dev.caisson.guest;

import java.net.SocketTimeoutException;
import java.time.Duration;

/** A moment of {@link System#nanoTime}. */
record Deadline(long at) {
    /** Longer waits mean the same as this one, and the sum stays far from overflow. */
    private static final Duration LONGEST = Duration.ofDays(365);

    static Deadline after(Duration duration) {
        var bounded = duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
        return new Deadline(System.nanoTime() + bounded.toNanos());
    }

    /** Whichever of the two comes first. */
    Deadline orAfter(Duration duration) {
        var other = after(duration);
        return other.at - at < 0 ? other : this;
    }

    boolean passed() {
        return at - System.nanoTime() <= 0;
    }

    /**
     * For {@code setSoTimeout} and the like, where 0 would mean for ever: at least 1.
     *
     * @throws SocketTimeoutException when the moment has passed
     */
    int millisLeft() throws SocketTimeoutException {
        var nanos = at - System.nanoTime();
        if (nanos <= 0) {
            throw new SocketTimeoutException("the time for it is over");
        }
        return (int) Math.min(Integer.MAX_VALUE, (nanos + 999_999) / 1_000_000);
    }
}
