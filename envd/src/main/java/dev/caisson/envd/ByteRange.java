package dev.caisson.envd;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A part of a file.
 *
 * @param start of its first byte
 * @param length at least 1
 */
record ByteRange(long start, long length) {
    private static final Pattern FORM = Pattern.compile("(\\d{0,18})-(\\d{0,18})");
    private static final String UNIT = "bytes=";

    /** More parts than this are not served apart, so that a short header cannot cause endless work. */
    private static final int MOST = 32;

    /**
     * The parts that a {@code Range} header selects of {@code size} bytes (RFC 9110 §14). Nothing: the header is to be ignored.
     * An empty list: none can be satisfied.
     */
    static Optional<List<ByteRange>> parse(String header, long size) {
        if (!header.startsWith(UNIT)) {
            return Optional.empty();
        }
        var elements = header.substring(UNIT.length()).split(",", -1);
        var ranges = new ArrayList<ByteRange>();
        for (var element : elements) {
            var match = FORM.matcher(element.strip());
            if (!match.matches() || (match.group(1).isEmpty() && match.group(2).isEmpty())) {
                return Optional.empty();
            }
            range(match.group(1), match.group(2), size).ifPresent(ranges::add);
        }
        var total = ranges.stream().mapToLong(ByteRange::length).sum();
        return ranges.size() > MOST || total > size ? Optional.empty() : Optional.of(List.copyOf(ranges));
    }

    private static Optional<ByteRange> range(String first, String last, long size) {
        if (first.isEmpty()) {
            var length = Math.min(Long.parseLong(last), size);
            return length == 0 ? Optional.empty() : Optional.of(new ByteRange(size - length, length));
        }
        var start = Long.parseLong(first);
        var end = last.isEmpty() ? size - 1 : Math.min(Long.parseLong(last), size - 1);
        return start >= size || end < start ? Optional.empty() : Optional.of(new ByteRange(start, end - start + 1));
    }

    /** {@code bytes 0-9/100}. */
    String contentRange(long size) {
        return "bytes " + start + "-" + (start + length - 1) + "/" + size;
    }
}
