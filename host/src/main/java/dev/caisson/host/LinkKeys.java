package dev.caisson.host;

import dev.caisson.base.SandboxId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of the links, derived from the server's secret, so that a later server process can speak to an agent that this
 * one started and no key is ever stored. Immutable and safe for use by many threads.
 */
public final class LinkKeys {
    /** The key an agent is started with; it goes through the engine's hands, so it is replaced at once. */
    static final int BOOT = 0;

    /** The one that replaces it, or the key of the run before. */
    static final int FIRST = 1;

    private final SecretKeySpec secret;

    /** @param secret at least 32 bytes */
    public LinkKeys(byte[] secret) {
        if (secret.length < 32) {
            throw new IllegalArgumentException("the server secret needs at least 32 bytes, got " + secret.length);
        }
        this.secret = new SecretKeySpec(secret, "HmacSHA256");
    }

    /**
     * 32 bytes.
     *
     * @param run of the sandbox
     * @param rotation how many keys the run had before this one
     */
    byte[] key(SandboxId sandbox, int run, int rotation) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            return mac.doFinal(("link-" + sandbox + "-" + run + "-" + rotation).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
        }
    }
}
