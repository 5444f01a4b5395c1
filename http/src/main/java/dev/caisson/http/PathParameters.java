package dev.caisson.http;

import java.util.Map;

/** The decoded values of the {@code {name}} segments of a route. Immutable. */
public final class PathParameters {
    private final Map<String, String> values;

    PathParameters(Map<String, String> values) {
        this.values = Map.copyOf(values);
    }

    /** The value of a parameter of the route's pattern; never empty. */
    public String get(String name) {
        var value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no parameter '" + name + "'");
        }
        return value;
    }
}
