package dev.caisson.base;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The per-sandbox tokens, derived from the server's secret and never stored: lower-case hex HMAC-SHA256, 64 characters
 * ({@code contract/rest-api.md} §1.4). The same sandbox and rotation always give the same token, so handles stay valid
 * across a pause. Immutable and safe for use by many threads.
 */
public final class SandboxTokens {
    private final SecretKeySpec key;

    /** @param secret the server's secret, at least 32 bytes */
    public SandboxTokens(byte[] secret) {
        if (secret.length < 32) {
            throw new IllegalArgumentException("the server secret needs at least 32 bytes, got " + secret.length);
        }
        this.key = new SecretKeySpec(secret, "HmacSHA256");
    }

    /** What a client sends as {@code X-Access-Token} to the sandbox's envd. */
    public String envdToken(SandboxId sandbox, int rotation) {
        return derive("envd-" + rotation + "-" + sandbox);
    }

    /** What a client sends as {@code e2b-traffic-access-token} to a private port. */
    public String trafficToken(SandboxId sandbox, int rotation) {
        return derive("sandbox-traffic-" + rotation + "-" + sandbox);
    }

    /** Compares in time that depends only on the lengths. */
    public static boolean matches(String expected, String given) {
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    private String derive(String purpose) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
        }
    }
}
