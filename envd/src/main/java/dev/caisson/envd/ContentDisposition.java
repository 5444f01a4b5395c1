package dev.caisson.envd;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** {@code inline; filename=…} for a file's name, quoted or percent-encoded where it has to be ({@code contract/envd.md} §3.4.5). */
final class ContentDisposition {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$&+.^_`{|}~-]+");
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]*");
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private ContentDisposition() {}

    static String inline(String name) {
        return "inline; " + parameter(name);
    }

    private static String parameter(String name) {
        if (TOKEN.matcher(name).matches()) {
            return "filename=" + name;
        }
        if (PRINTABLE.matcher(name).matches()) {
            return "filename=\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        }
        var encoded = new StringBuilder("filename*=utf-8''");
        for (var b : name.getBytes(StandardCharsets.UTF_8)) {
            if (UNRESERVED.indexOf(b) >= 0) {
                encoded.append((char) b);
            } else {
                encoded.append(String.format("%%%02X", b & 0xff));
            }
        }
        return encoded.toString();
    }
}
