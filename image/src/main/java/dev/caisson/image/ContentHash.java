package dev.caisson.image;

import java.util.regex.Pattern;

/** SHA-256 of a file's bytes: 64 lower-case hexadecimal digits. */
public record ContentHash(String hex) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    public ContentHash {
        if (!FORM.matcher(hex).matches()) {
            throw new IllegalArgumentException("not a SHA-256: '" + hex + "'");
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
