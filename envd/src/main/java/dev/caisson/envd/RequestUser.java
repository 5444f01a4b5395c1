package dev.caisson.envd;

import dev.caisson.http.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * The guest's user that a request wants to act as, from {@code Authorization: Basic base64("user:")}. It selects and proves
 * nothing; the password is ignored, and another scheme counts as absent ({@code contract/envd.md} §2.3.1, §4.3).
 *
 * @param name empty for the guest's default user
 */
record RequestUser(String name) {
    private static final String SCHEME = "basic ";

    static RequestUser of(Exchange exchange) {
        return new RequestUser(exchange.header("Authorization").flatMap(RequestUser::basic).orElse(""));
    }

    boolean isDefault() {
        return name.isEmpty();
    }

    private static Optional<String> basic(String header) {
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        try {
            var pair = new String(
                    Base64.getDecoder().decode(header.substring(SCHEME.length()).strip()), StandardCharsets.UTF_8);
            var colon = pair.indexOf(':');
            return colon < 0 ? Optional.empty() : Optional.of(pair.substring(0, colon));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }
}
