package dev.caisson.base;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The public name of a sandbox: {@code i} and 19 characters of {@code [a-z0-9]}.
 *
 * <p>The length is fixed because runsc matches container ids by prefix, and the alphabet is that of a DNS label without
 * hyphen because the id is a piece of a host name ({@code contract/rest-api.md} §4.1, §9.1).
 */
public record SandboxId(String value) implements Comparable<SandboxId> {
    public static final int LENGTH = 20;
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final Pattern FORM = Pattern.compile("i[a-z0-9]{19}");
    private static final RandomGenerator RANDOM = new SecureRandom();

    public SandboxId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not a sandbox id: '" + value + "'");
        }
    }

    /** A new id: 98 bits from the kernel's generator. */
    public static SandboxId random() {
        var text = new StringBuilder(LENGTH).append('i');
        while (text.length() < LENGTH) {
            text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return new SandboxId(text.toString());
    }

    /** The id that {@code text} spells, or nothing where it cannot be the id of any sandbox. */
    public static Optional<SandboxId> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new SandboxId(text)) : Optional.empty();
    }

    @Override
    public int compareTo(SandboxId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
