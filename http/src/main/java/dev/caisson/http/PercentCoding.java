package dev.caisson.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-decoding of paths and queries (RFC 3986 §2.1), strict: what does not decode is the client's error. */
public final class PercentCoding {
    private PercentCoding() {}

    /**
     * Decodes a piece of a path; {@code +} stays.
     *
     * @throws HttpException 400 for a broken escape or bytes that are not UTF-8
     */
    public static String decode(String raw) {
        return decode(raw, false);
    }

    /** Decodes a piece of a query, where {@code +} means a space. */
    public static String decodeQuery(String raw) {
        return decode(raw, true);
    }

    private static String decode(String raw, boolean plusIsSpace) {
        if (raw.indexOf('%') < 0) {
            return plusIsSpace ? raw.replace('+', ' ') : raw;
        }
        var source = raw.getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(source.length);
        for (int i = 0; i < source.length; i++) {
            switch (source[i]) {
                case '%' -> {
                    bytes.put((byte) (digit(source, i + 1, raw) << 4 | digit(source, i + 2, raw)));
                    i += 2;
                }
                case '+' -> bytes.put((byte) (plusIsSpace ? ' ' : '+'));
                default -> bytes.put(source[i]);
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw HttpException.invalid("'" + raw + "' does not decode to UTF-8");
        }
    }

    private static int digit(byte[] source, int index, String raw) {
        int value = index < source.length ? Character.digit(source[index], 16) : -1;
        if (value < 0) {
            throw HttpException.invalid("'" + raw + "' has a broken percent escape");
        }
        return value;
    }
}
