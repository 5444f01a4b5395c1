package dev.caisson.front.rest;

import dev.caisson.control.Page;
import dev.caisson.control.PagePosition;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.Query;
import java.util.Optional;

/** {@code limit} and {@code nextToken} of every list ({@code contract/rest-api.md} §2). */
final class Paging {
    private static final int LARGEST = 100;

    private Paging() {}

    /** @throws HttpException 400 unless absent or 1 to 100 */
    static int limit(Query query) {
        return query.number("limit", 1, LARGEST).orElse((long) LARGEST).intValue();
    }

    /** Where a list that shows the newest first goes on. */
    static Optional<PagePosition> after(Query query) {
        return after(query, false);
    }

    /** @throws HttpException 400 for what is no token of a list in this direction */
    static Optional<PagePosition> after(Query query, boolean ascending) {
        return query.first("nextToken").filter(text -> !text.isEmpty()).map(token -> PageToken.read(token, ascending));
    }

    /** Says where a list that shows the newest first goes on, if it does. */
    static void announce(Exchange exchange, Page<?> page) {
        page.next().ifPresent(next -> exchange.setHeader("X-Next-Token", PageToken.write(next, false)));
    }
}
