package dev.caisson.host.journal;

import dev.caisson.base.SandboxId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a sandbox is called where every local user may read it: in the command lines of processes, mounts, loop devices and
 * control groups. Its id, which is the address of its ports, cannot be computed from that.
 */
public final class MachineName {
    /** That of every id, since the engine's tool matches names by prefix. */
    private static final int LENGTH = SandboxId.LENGTH;

    private MachineName() {}

    /** {@code m} and 19 hexadecimal digits; the same at every call. */
    public static String of(SandboxId id) {
        return "m" + HexFormat.of().formatHex(hash("caisson machine of " + id.value())).substring(1, LENGTH);
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
