package dev.caisson.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Picks a handler by method and path. Immutable; safe for use by many threads.
 *
 * <p>The path is split while still encoded and its segments are decoded afterwards, so {@code team%2Fname%3Atag} is one
 * segment ({@code contract/rest-api.md} §2, "Path params"). Where several patterns match, literal segments win over
 * parameters, the leftmost first. A parameter matches any segment that is not empty.
 */
public final class Router implements Handler {
    private final List<Entry> entries;

    /** Handles what a route matched. */
    @FunctionalInterface
    public interface Route {
        void handle(Exchange exchange, PathParameters path) throws IOException;
    }

    private record Entry(String method, List<String> pattern, Route route) {
        /** What the pattern's parameters matched; empty if it does not match. */
        Optional<Map<String, String>> match(List<String> segments) {
            if (segments.size() != pattern.size()) {
                return Optional.empty();
            }
            var values = new HashMap<String, String>();
            for (int i = 0; i < segments.size(); i++) {
                var segment = segments.get(i);
                if (isParameter(i)) {
                    if (segment.isEmpty()) {
                        return Optional.empty();
                    }
                    values.put(pattern.get(i).substring(1, pattern.get(i).length() - 1), segment);
                } else if (!pattern.get(i).equals(segment)) {
                    return Optional.empty();
                }
            }
            return Optional.of(values);
        }

        boolean isParameter(int index) {
            return pattern.get(index).startsWith("{");
        }

        boolean isMoreSpecificThan(Entry other) {
            for (int i = 0; i < pattern.size(); i++) {
                if (isParameter(i) != other.isParameter(i)) {
                    return other.isParameter(i);
                }
            }
            return false;
        }
    }

    private Router(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects routes. */
    public static final class Builder {
        private final List<Entry> entries = new ArrayList<>();

        private Builder() {}

        /**
         * Adds a route.
         *
         * @param pattern absolute; a segment {@code {name}} matches any one segment: {@code /templates/{id}/tags}
         */
        public Builder add(String method, String pattern, Route route) {
            if (!pattern.startsWith("/")) {
                throw new IllegalArgumentException("a route begins with a slash: '" + pattern + "'");
            }
            entries.add(new Entry(method, List.of(pattern.substring(1).split("/", -1)), route));
            return this;
        }

        public Builder get(String pattern, Route route) {
            return add("GET", pattern, route);
        }

        public Builder post(String pattern, Route route) {
            return add("POST", pattern, route);
        }

        public Builder put(String pattern, Route route) {
            return add("PUT", pattern, route);
        }

        public Builder patch(String pattern, Route route) {
            return add("PATCH", pattern, route);
        }

        public Builder delete(String pattern, Route route) {
            return add("DELETE", pattern, route);
        }

        public Router build() {
            return new Router(entries);
        }
    }

    /** Every route as {@code METHOD pattern}, in the order they were added. */
    public List<String> routes() {
        return entries.stream().map(entry -> entry.method() + " /" + String.join("/", entry.pattern())).toList();
    }

    /** @throws HttpException 404 if no pattern matches, 405 if only the method does not */
    @Override
    public void handle(Exchange exchange) throws IOException {
        var segments = segments(exchange.rawPath());
        Entry best = null;
        var allowed = new ArrayList<String>();
        for (var entry : entries) {
            if (entry.match(segments).isPresent()) {
                allowed.add(entry.method());
                if (entry.method().equals(exchange.method()) && (best == null || entry.isMoreSpecificThan(best))) {
                    best = entry;
                }
            }
        }
        if (best != null) {
            best.route().handle(exchange, new PathParameters(best.match(segments).orElseThrow()));
        } else if (allowed.isEmpty()) {
            throw HttpException.withStatus(404, "no such path: " + exchange.rawPath());
        } else {
            exchange.setHeader("Allow", allowed.stream().distinct().collect(Collectors.joining(", ")));
            throw HttpException.withStatus(405, exchange.method() + " is not allowed on " + exchange.rawPath());
        }
    }

    private static List<String> segments(String rawPath) {
        if (!rawPath.startsWith("/")) {
            throw HttpException.invalid("the request's path does not begin with a slash: '" + rawPath + "'");
        }
        var segments = new ArrayList<String>();
        for (var raw : rawPath.substring(1).split("/", -1)) {
            segments.add(PercentCoding.decode(raw));
        }
        return segments;
    }
}
