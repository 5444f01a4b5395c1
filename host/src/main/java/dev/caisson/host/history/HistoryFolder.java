package dev.caisson.host.history;

import dev.caisson.base.SandboxId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Where everything lies. What belongs to an owner is below a folder of its name, so nothing is ever found under another's.
 *
 * @param root {@code <data>/history}
 */
record HistoryFolder(Path root) {
    /** The ids of teams are UUIDs; whatever else an owner is called becomes a name that means nothing to a file system. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,63}");
    private static final String HASHED = "_";

    Path owner(String owner) {
        if (PLAIN.matcher(owner).matches()) {
            return root.resolve(owner);
        }
        return root.resolve(HASHED + HexFormat.of().formatHex(sha256(owner)));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    Path team(String owner) {
        return owner(owner).resolve("team");
    }

    Path sandbox(String owner, SandboxId id) {
        return owner(owner).resolve(id.value());
    }

    Path usage(String owner, SandboxId id) {
        return sandbox(owner, id).resolve("usage");
    }

    Path log(String owner, SandboxId id) {
        return sandbox(owner, id).resolve("log");
    }

    /** The older half of a file. */
    static Path older(Path file) {
        return file.resolveSibling(file.getFileName() + ".1");
    }

    /** Makes the folder that a file is to lie in; other users may not look into it. */
    static void makeFor(Path file) throws IOException {
        Files.createDirectories(
                file.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
}
