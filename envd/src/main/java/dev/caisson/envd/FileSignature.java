package dev.caisson.envd;

import dev.caisson.base.SandboxTokens;
import dev.caisson.http.HttpException;
import dev.caisson.http.Query;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Base64;
import java.util.Optional;

/**
 * A signed link to a file, as its query spells it ({@code contract/envd.md} §4.2). Path and user are those of the query, not
 * what they resolve to.
 *
 * @param operation {@code read} or {@code write}
 * @param expiration unix seconds; takes part in the digest only if it is there
 */
record FileSignature(String path, String operation, String username, String signature, Optional<Long> expiration) {

    /** @throws HttpException 400 if the expiration is no number */
    static FileSignature of(String method, Query query) {
        return new FileSignature(
                query.first("path").orElse(""),
                method.equals("GET") ? "read" : "write",
                query.first("username").orElse(""),
                query.first("signature").orElse(""),
                query.first("signature_expiration").filter(text -> !text.isEmpty()).map(FileSignature::seconds));
    }

    boolean present() {
        return !signature.isEmpty();
    }

    /** Whether the holder of this token made it. */
    boolean madeWith(String token) {
        return SandboxTokens.matches(expected(token), signature);
    }

    boolean expired(Clock clock) {
        return expiration.isPresent() && expiration.get() < clock.instant().getEpochSecond();
    }

    String expected(String token) {
        var text = path + ":" + operation + ":" + username + ":" + token + expiration.map(e -> ":" + e).orElse("");
        return "v1_" + Base64.getEncoder().withoutPadding().encodeToString(sha256(text));
    }

    private static Long seconds(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw HttpException.invalid("signature_expiration is a number of unix seconds, not '" + text + "'");
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }
}
