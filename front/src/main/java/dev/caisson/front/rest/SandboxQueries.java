package dev.caisson.front.rest;

import dev.caisson.control.SandboxQuery;
import dev.caisson.http.HttpException;
import dev.caisson.http.PercentCoding;
import dev.caisson.http.Query;
import dev.caisson.node.SandboxInfo;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** List parameters as clients send them ({@code contract/rest-api.md} §3.1, §5.5). */
final class SandboxQueries {
    private SandboxQueries() {}

    /** The old list: running ones, newest first, on one page. */
    static SandboxQuery old(Query query) {
        return new SandboxQuery(
                metadata(query), EnumSet.of(SandboxInfo.State.RUNNING), false, Optional.empty(), Optional.empty(),
                Integer.MAX_VALUE - 1, Optional.empty());
    }

    static SandboxQuery paged(Query query) {
        var ascending = ascending(query);
        return new SandboxQuery(
                metadata(query),
                states(query),
                ascending,
                query.first("startedAfter").filter(text -> !text.isEmpty()).map(SandboxQueries::moment),
                query.first("template").filter(text -> !text.isEmpty()).map(SandboxQueries::template),
                Paging.limit(query),
                Paging.after(query, ascending));
    }

    private static boolean ascending(Query query) {
        return switch (query.first("order").orElse("")) {
            case "", "desc" -> false;
            case "asc" -> true;
            default -> throw HttpException.validation("parameter 'order' must be 'asc' or 'desc'");
        };
    }

    private static Set<SandboxInfo.State> states(Query query) {
        var states = EnumSet.noneOf(SandboxInfo.State.class);
        for (var name : query.list("state")) {
            states.add(switch (name.toLowerCase(Locale.ROOT)) {
                case "running" -> SandboxInfo.State.RUNNING;
                case "paused" -> SandboxInfo.State.PAUSED;
                default -> throw HttpException.validation("parameter 'state' must be of 'running', 'paused', not '" + name + "'");
            });
        }
        return states.isEmpty() ? EnumSet.allOf(SandboxInfo.State.class) : states;
    }

    private static Instant moment(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MICROS);
        } catch (DateTimeException e) {
            throw HttpException.validation("parameter 'startedAfter' must be a time such as 2026-01-31T12:00:00Z");
        }
    }

    private static String template(String text) {
        if (text.contains(":")) {
            throw HttpException.invalid("the template filter takes an id or a name without a tag, not '" + text + "'");
        }
        return text.strip().toLowerCase(Locale.ROOT);
    }

    /** One string that is itself a query string: unescaped as a whole, split, and unescaped again piece by piece (§5.5). */
    private static Map<String, String> metadata(Query query) {
        var pairs = new LinkedHashMap<String, String>();
        var text = query.first("metadata").orElse("");
        if (text.isEmpty()) {
            return pairs;
        }
        for (var pair : PercentCoding.decodeQuery(text).split("&")) {
            var parts = pair.split("=", -1);
            if (parts.length != 2) {
                throw HttpException.invalid("the metadata filter needs pairs of the form key=value, not '" + pair + "'");
            }
            pairs.put(PercentCoding.decodeQuery(parts[0]), PercentCoding.decodeQuery(parts[1]));
        }
        return pairs;
    }
}
