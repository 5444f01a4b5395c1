package dev.caisson.envd.connect;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** When a call must have ended, on the monotonic clock. Immutable. */
public final class Deadline {
    private static final Deadline NONE = new Deadline(OptionalLong.empty());
    private static final Pattern MILLISECONDS = Pattern.compile("-?[0-9]+");
    private static final int MAX_DIGITS = 10;

    private final OptionalLong nanoTime;

    private Deadline(OptionalLong nanoTime) {
        this.nanoTime = nanoTime;
    }

    public static Deadline none() {
        return NONE;
    }

    public static Deadline after(Duration timeout) {
        return new Deadline(OptionalLong.of(System.nanoTime() + timeout.toNanos()));
    }

    /**
     * What {@code Connect-Timeout-Ms} says; zero and negative numbers have passed already ({@code contract/envd.md} §1.2, §2.3.9).
     *
     * @throws ConnectFailure {@code invalid_argument} for no number, or one of more than ten digits
     */
    static Deadline parse(Optional<String> header) {
        if (header.isEmpty()) {
            return NONE;
        }
        var text = header.get();
        if (!MILLISECONDS.matcher(text).matches() || text.length() > MAX_DIGITS) {
            throw ConnectFailure.invalid("Connect-Timeout-Ms is a number of at most 10 digits, not '" + text + "'");
        }
        return after(Duration.ofMillis(Long.parseLong(text)));
    }

    public boolean exists() {
        return nanoTime.isPresent();
    }

    public boolean passed() {
        return exists() && remaining().isZero();
    }

    /** How long one may wait, {@code longest} where the deadline is further away; never negative. */
    public Duration within(Duration longest) {
        if (!exists()) {
            return longest;
        }
        var remaining = remaining();
        return remaining.compareTo(longest) < 0 ? remaining : longest;
    }

    /** How long it is until then; never negative, and only where it {@link #exists}. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, nanoTime.orElseThrow() - System.nanoTime()));
    }
}
