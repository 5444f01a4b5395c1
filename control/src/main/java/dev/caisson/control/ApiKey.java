package dev.caisson.control;

import dev.caisson.base.Category;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An API key in clear: {@code e2b_} and hexadecimal digits ({@code contract/rest-api.md} §1.3). Shown once, stored never;
 * {@link #hash} is what the database keeps.
 */
public record ApiKey(String text) {
    public static final String PREFIX = "e2b_";
    private static final int RANDOM_BYTES = 20;
    private static final Pattern FORM = Pattern.compile("e2b_([0-9a-f]{2})+");

    public ApiKey {
        if (!FORM.matcher(text).matches()) {
            // Not the text itself: it may be somebody's real key with a typing error.
            throw new IllegalArgumentException("an API key is " + PREFIX + " and an even number of hexadecimal digits");
        }
    }

    static ApiKey random() {
        var bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new ApiKey(PREFIX + HexFormat.of().formatHex(bytes));
    }

    static Optional<ApiKey> parse(String text) {
        var lower = text.strip().toLowerCase(java.util.Locale.ROOT);
        return FORM.matcher(lower).matches() ? Optional.of(new ApiKey(lower)) : Optional.empty();
    }

    /** {@code $sha256$} and the unpadded base64 of the SHA-256 of the decoded bytes. */
    String hash() {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(HexFormat.of().parseHex(value()));
            return "$sha256$" + Base64.getEncoder().withoutPadding().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new ControlException(Category.INTERNAL, "SHA-256 is missing from this JDK", e);
        }
    }

    KeyMask mask() {
        var value = value();
        return new KeyMask(PREFIX, value.length(), value.substring(0, 2), value.substring(Math.max(0, value.length() - 4)));
    }

    private String value() {
        return text.substring(PREFIX.length());
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "ApiKey[" + mask() + "]";
    }
}
