package dev.caisson.front.proxy;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Headers that belong to one connection and are not passed on (RFC 9110 §7.6.1). */
final class HopByHop {
    private static final Set<String> ALWAYS = Set.of("connection", "keep-alive", "proxy-connection", "proxy-authenticate",
            "proxy-authorization", "te", "transfer-encoding", "upgrade");

    private HopByHop() {}

    /**
     * The headers not to pass on, in lower case.
     *
     * @param connection the values of the {@code Connection} headers, which name more of them
     */
    static Set<String> named(List<String> connection) {
        var names = new HashSet<>(ALWAYS);
        for (var value : connection) {
            for (var name : value.split(",", -1)) {
                names.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    /** Whether {@code Connection} has this option. */
    static boolean has(List<String> connection, String option) {
        return connection.stream()
                .flatMap(value -> List.of(value.split(",", -1)).stream())
                .anyMatch(name -> name.strip().equalsIgnoreCase(option));
    }
}
