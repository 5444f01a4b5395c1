package dev.caisson.control;

import java.time.Instant;
import java.util.Comparator;

/** Where a row stands in a list that is ordered by time: its moment, and its id where moments are equal. */
public record PagePosition(Instant moment, String id) {

    /** Newest first; equal moments by id, ascending. */
    static final Comparator<PagePosition> NEWEST_FIRST =
            Comparator.comparing(PagePosition::moment).reversed().thenComparing(PagePosition::id);

    /** The exact reverse. */
    static final Comparator<PagePosition> OLDEST_FIRST = NEWEST_FIRST.reversed();
}
