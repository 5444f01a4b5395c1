package dev.caisson.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The parameters of a query string. Immutable.
 *
 * <p>A parameter without {@code =} has the empty value. Lists come comma-joined, the comma possibly encoded, or as repeated
 * parameters ({@code contract/rest-api.md} §2): {@link #list} takes all three.
 */
public final class Query {
    private final Map<String, List<String>> values;

    private Query(Map<String, List<String>> values) {
        this.values = values;
    }

    /**
     * The parameters of a request.
     *
     * @throws HttpException 400 for a broken percent escape
     */
    public static Query of(Exchange exchange) {
        return parse(exchange.rawQuery());
    }

    /**
     * The parameters of a query string without its question mark.
     *
     * @throws HttpException 400 for a broken percent escape
     */
    public static Query parse(String raw) {
        var values = new TreeMap<String, List<String>>();
        for (var pair : raw.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                var name = PercentCoding.decodeQuery(equals < 0 ? pair : pair.substring(0, equals));
                var value = equals < 0 ? "" : PercentCoding.decodeQuery(pair.substring(equals + 1));
                values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
            }
        }
        return new Query(values);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** The first value of a parameter. */
    public Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }

    /** Every value of a parameter, in order. */
    public List<String> all(String name) {
        return List.copyOf(values.getOrDefault(name, List.of()));
    }

    /** The elements of a list parameter, empty ones left out. */
    public List<String> list(String name) {
        return all(name).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .filter(element -> !element.isEmpty())
                .toList();
    }

    /**
     * A whole number.
     *
     * @throws HttpException 400 {@code validation error: …} if it is none or not within the bounds
     */
    public Optional<Long> number(String name, long smallest, long largest) {
        return first(name).map(text -> {
            try {
                var value = Long.parseLong(text);
                if (value >= smallest && value <= largest) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw HttpException.validation("parameter \"" + name + "\" is not a whole number: '" + text + "'");
            }
            throw HttpException.validation(
                    "parameter \"" + name + "\" must be " + smallest + " to " + largest + ", not " + text);
        });
    }
}
