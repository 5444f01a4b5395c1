package dev.caisson.envd;

import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The {@code X-Metadata-<key>} headers of an upload, which become attributes of the file ({@code contract/envd.md} §3.5). */
final class FileMetadata {
    private static final String PREFIX = "x-metadata-";
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]*");
    private static final int LONGEST_KEY = 246;
    private static final int MOST_BYTES = 4096;

    /** What {@code user.e2b.} takes in the sum that is limited. */
    private static final int ATTRIBUTE_PREFIX_BYTES = 9;

    private FileMetadata() {}

    /** @throws HttpException 400 if a limit is passed or something is not printable ASCII */
    static Map<String, String> of(Exchange exchange) {
        var metadata = new TreeMap<String, String>();
        for (var name : exchange.headerNames()) {
            if (name.startsWith(PREFIX) && name.length() > PREFIX.length()) {
                metadata.put(name.substring(PREFIX.length()), exchange.header(name).orElse(""));
            }
        }
        metadata.forEach(FileMetadata::check);
        var bytes = metadata.entrySet().stream()
                .mapToInt(e -> ATTRIBUTE_PREFIX_BYTES + e.getKey().length() + e.getValue().length())
                .sum();
        if (bytes > MOST_BYTES) {
            throw HttpException.invalid("the metadata takes " + bytes + " bytes, at most " + MOST_BYTES + " are allowed");
        }
        return metadata;
    }

    private static void check(String key, String value) {
        if (key.length() > LONGEST_KEY) {
            throw HttpException.invalid("the metadata key '" + key + "' is longer than " + LONGEST_KEY + " bytes");
        }
        if (!PRINTABLE.matcher(key).matches() || !PRINTABLE.matcher(value).matches()) {
            throw HttpException.invalid("the metadata key '" + key + "' or its value is not printable ASCII");
        }
    }
}
