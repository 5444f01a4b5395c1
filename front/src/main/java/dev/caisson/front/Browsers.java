package dev.caisson.front;

import dev.caisson.http.Exchange;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells a person's browser from a program ({@code contract/rest-api.md} §9.2). */
final class Browsers {
    private static final Pattern NAMES =
            Pattern.compile("mozilla|chrome|safari|firefox|edge|opera|msie", Pattern.CASE_INSENSITIVE);

    private Browsers() {}

    /** Whether the answer should be a page to look at. */
    static boolean wantsPage(Exchange exchange) {
        var mode = exchange.header("Sec-Fetch-Mode");
        if (mode.isPresent()) {
            return mode.get().equalsIgnoreCase("navigate");
        }
        return NAMES.matcher(exchange.header("User-Agent").orElse("")).find()
                && exchange.header("X-Requested-With").isEmpty()
                && !wantsOnlyJson(exchange.header("Accept").orElse(""));
    }

    private static boolean wantsOnlyJson(String accept) {
        return !accept.isBlank() && Arrays.stream(accept.split(",", -1))
                .map(range -> range.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .allMatch(type -> type.equals("application/json") || type.endsWith("+json"));
    }
}
