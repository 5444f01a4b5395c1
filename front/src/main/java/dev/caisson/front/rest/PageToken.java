package dev.caisson.front.rest;

import dev.caisson.control.PagePosition;
import dev.caisson.http.HttpException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/** The opaque {@code nextToken}: base64url of {@code <moment>__<id>}, with {@code __asc} behind it in ascending lists. */
final class PageToken {
    private static final String SEPARATOR = "__";
    private static final String ASCENDING = "asc";

    private PageToken() {}

    static String write(PagePosition position, boolean ascending) {
        var text = position.moment() + SEPARATOR + position.id() + (ascending ? SEPARATOR + ASCENDING : "");
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws HttpException 400 if it is none, or one of a list in the other direction */
    static PagePosition read(String token, boolean ascending) {
        try {
            var parts = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8).split(SEPARATOR, -1);
            var isAscending = parts.length == 3 && parts[2].equals(ASCENDING);
            if (isAscending == ascending && (isAscending || parts.length == 2)) {
                return new PagePosition(Instant.parse(parts[0]), parts[1]);
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            throw invalid();
        }
        throw invalid();
    }

    private static HttpException invalid() {
        return HttpException.invalid("Invalid next token");
    }
}
