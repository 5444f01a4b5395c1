package dev.caisson.guest;

import dev.caisson.base.Category;

/** Keeps an answer of many messages from filling the host's memory. */
final class AnswerLimit {
    private static final long MOST_BYTES = 32 << 20;

    private final String attempt;
    private final long mostItems;
    private long items;
    private long bytes;

    AnswerLimit(String attempt, long mostItems) {
        this.attempt = attempt;
        this.mostItems = mostItems;
    }

    /** @throws GuestException {@code EXHAUSTED} once there are too many of them */
    void add(long moreItems, long moreBytes) {
        items += moreItems;
        bytes += moreBytes;
        if (items > mostItems || bytes > MOST_BYTES) {
            throw new GuestException(
                    Category.EXHAUSTED,
                    "%s: the answer is too large, more than %d entries or %d MiB; ask for less".formatted(attempt, mostItems, MOST_BYTES >> 20));
        }
    }
}
