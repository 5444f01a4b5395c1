package dev.caisson.app.server;

import dev.caisson.app.client.Access;
import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/** The files that only root, or root and one group, may read. */
final class Secrets {
    private static final int SECRET_BYTES = 32;

    private Secrets() {}

    /** The server's secret, made on first use; every token of every sandbox derives from it. */
    static byte[] serverSecret(Path data) {
        var secret = kept(data.resolve("secret"), random());
        if (secret.length != SECRET_BYTES) {
            throw damaged(data.resolve("secret"), " (sandboxes that run then lose their tokens)");
        }
        return secret;
    }

    /** What the operator sends as {@code X-Admin-Token}, made on first use: 64 hexadecimal digits in a line. */
    static String adminToken(Path data) {
        var file = data.resolve(Access.ADMIN_TOKEN_FILE);
        var line = HexFormat.of().formatHex(random()) + "\n";
        var token = new String(kept(file, line.getBytes(StandardCharsets.US_ASCII)), StandardCharsets.US_ASCII).strip();
        if (!token.matches("[0-9a-f]{64}")) {
            throw damaged(file, "");
        }
        return token;
    }

    private static AppException damaged(Path file, String consequence) {
        return new AppException(Category.INTERNAL, file + " is damaged; remove it to get a new one" + consequence);
    }

    private static byte[] random() {
        var bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    /** What {@code file} holds; {@code fresh} from now on if there is no such file. Only root can read it. */
    private static byte[] kept(Path file, byte[] fresh) {
        try {
            if (Files.exists(file)) {
                return Files.readAllBytes(file);
            }
            write(file, fresh, "rw-------");
            return fresh;
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not read or make " + file + ": " + e.getMessage(), e);
        }
    }

    /** Replaces a file, as a whole, by one that root and the members of {@code group} may read; root alone if there is no such group. */
    static void writeForGroup(Path file, String text, String group) {
        try {
            var aside = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(aside);
            write(aside, (text + "\n").getBytes(StandardCharsets.UTF_8), "rw-r-----");
            var owners = file.getFileSystem().getUserPrincipalLookupService();
            groupOf(owners, group).ifPresent(principal -> setGroup(aside, principal));
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not write " + file + ": " + e.getMessage(), e);
        }
    }

    private static Optional<GroupPrincipal> groupOf(
            java.nio.file.attribute.UserPrincipalLookupService owners, String group) throws IOException {
        try {
            return Optional.of(owners.lookupPrincipalByGroupName(group));
        } catch (UserPrincipalNotFoundException e) {
            return Optional.empty();
        }
    }

    private static void setGroup(Path file, GroupPrincipal group) {
        try {
            Files.getFileAttributeView(file, PosixFileAttributeView.class).setGroup(group);
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not give " + file + " to the group " + group + ": " + e.getMessage(), e);
        }
    }

    private static void write(Path file, byte[] bytes, String mode) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, bytes, StandardOpenOption.WRITE);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
}
