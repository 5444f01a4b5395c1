package dev.caisson.control;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param next where this page ended, if there is another one
 * @param total how many rows all pages have together
 */
public record Page<T>(List<T> rows, Optional<PagePosition> next, int total) {
    public Page {
        rows = List.copyOf(rows);
    }

    /**
     * Cuts a page out of all rows.
     *
     * @param after where the page before ended; empty for the first
     */
    static <T> Page<T> of(
            Collection<T> all, Function<T, PagePosition> position, Comparator<PagePosition> order, Optional<PagePosition> after, int limit) {
        var rest = all.stream()
                .filter(row -> after.map(last -> order.compare(position.apply(row), last) > 0).orElse(true))
                .sorted(Comparator.comparing(position, order))
                .limit(limit + 1L)
                .toList();
        var rows = rest.subList(0, Math.min(limit, rest.size()));
        var next = rest.size() > rows.size() ? Optional.of(position.apply(rows.getLast())) : Optional.<PagePosition>empty();
        return new Page<>(rows, next, all.size());
    }
}
