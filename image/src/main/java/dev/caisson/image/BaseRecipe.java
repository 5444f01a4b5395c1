package dev.caisson.image;

import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What the {@code base} template is made of: the two files in this module's resources below {@code base/}.
 *
 * @param packages names of Debian packages
 * @param finish what a shell in the new root does after they are installed
 */
record BaseRecipe(List<String> packages, String finish) {
    /** Counted up when the maker changes what comes out of the same two files. */
    private static final int MAKER = 1;

    BaseRecipe {
        packages = List.copyOf(packages);
    }

    static BaseRecipe load() {
        var packages = resource("packages.txt").lines().map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty()).toList();
        return new BaseRecipe(packages, resource("finish.sh"));
    }

    /** The same for the same recipe on the same kind of machine: what is there already need not be made again. */
    String buildId() {
        var text = String.join("\n", packages) + "\n" + finish + "\n" + MAKER + "\n" + System.getProperty("os.arch");
        return UUID.nameUUIDFromBytes(sha256(text).getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** 20 characters that are the same in every installation. */
    static String templateId() {
        return sha256("caisson template base").substring(0, 20);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String resource(String name) {
        try (var in = Optional.ofNullable(BaseRecipe.class.getResourceAsStream("base/" + name)).orElseThrow()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL, "could not read the recipe of the base template: " + e.getMessage(), e);
        }
    }
}
