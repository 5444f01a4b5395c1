package dev.caisson.envd;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What kind of content a file has, by its name or else by its first bytes. */
final class MediaTypes {
    private static final String BINARY = "application/octet-stream";
    private static final String TEXT = "text/plain; charset=utf-8";

    private static final Map<String, String> BY_EXTENSION = Map.ofEntries(
            Map.entry("avif", "image/avif"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("csv", "text/csv; charset=utf-8"),
            Map.entry("gif", "image/gif"),
            Map.entry("gz", "application/gzip"),
            Map.entry("htm", "text/html; charset=utf-8"),
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("mjs", "text/javascript; charset=utf-8"),
            Map.entry("mp3", "audio/mpeg"),
            Map.entry("mp4", "video/mp4"),
            Map.entry("pdf", "application/pdf"),
            Map.entry("png", "image/png"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("tar", "application/x-tar"),
            Map.entry("txt", TEXT),
            Map.entry("wasm", "application/wasm"),
            Map.entry("webp", "image/webp"),
            Map.entry("xml", "text/xml; charset=utf-8"),
            Map.entry("zip", "application/zip"));

    private static final Map<String, String> BY_BEGINNING = Map.of(
            "\u0089PNG\r\n\u001a\n", "image/png",
            "\u00ff\u00d8\u00ff", "image/jpeg",
            "GIF87a", "image/gif",
            "GIF89a", "image/gif",
            "%PDF-", "application/pdf",
            "PK\u0003\u0004", "application/zip",
            "\u001f\u008b\u0008", "application/x-gzip",
            "\u0000asm", "application/wasm");

    private MediaTypes() {}

    static Optional<String> ofName(String name) {
        var dot = name.lastIndexOf('.');
        return dot < 0
                ? Optional.empty()
                : Optional.ofNullable(BY_EXTENSION.get(name.substring(dot + 1).toLowerCase(Locale.ROOT)));
    }

    static String of(String name, byte[] beginning) {
        return ofName(name).orElseGet(() -> ofContent(beginning));
    }

    static String binary() {
        return BINARY;
    }

    private static String ofContent(byte[] beginning) {
        var text = new String(beginning, java.nio.charset.StandardCharsets.ISO_8859_1);
        for (var known : BY_BEGINNING.entrySet()) {
            if (text.startsWith(known.getKey())) {
                return known.getValue();
            }
        }
        return text.chars().anyMatch(MediaTypes::isBinary) ? BINARY : TEXT;
    }

    /** The bytes that text does not have, as browsers sniff it. */
    private static boolean isBinary(int b) {
        return b <= 0x08 || b == 0x0b || (b >= 0x0e && b <= 0x1a) || (b >= 0x1c && b <= 0x1f);
    }
}
