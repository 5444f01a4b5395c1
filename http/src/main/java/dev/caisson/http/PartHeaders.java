package dev.caisson.http;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The headers of one part of a multipart body, names in lower case; of repeated ones the first counts. */
record PartHeaders(Map<String, String> values) {
    /** All headers of a part together, in bytes; file names with their folders are the longest thing there. */
    private static final int LIMIT = 16 * 1024;

    static PartHeaders read(BoundaryInput input) throws IOException {
        var values = new TreeMap<String, String>();
        int left = LIMIT;
        for (var line = input.readLine(left); !line.isEmpty(); line = input.readLine(left)) {
            left = Math.max(0, left - line.length() - 2);
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw HttpException.invalid("a part of the multipart body has a header without a name");
            }
            values.putIfAbsent(line.substring(0, colon).strip().toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        return new PartHeaders(values);
    }

    Optional<String> first(String name) {
        return Optional.ofNullable(values.get(name.toLowerCase(Locale.ROOT)));
    }

    HeaderValue disposition() {
        return HeaderValue.parse(first("content-disposition").orElse(""));
    }
}
