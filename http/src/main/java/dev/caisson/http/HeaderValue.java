package dev.caisson.http;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A header of the form {@code value; name=token; name="quoted"}. In quotes a backslash escapes a quote or a backslash and
 * is itself before anything else, so that {@code "C:\dir"} survives; {@code name*=UTF-8''…} (RFC 8187) wins over {@code name}.
 *
 * @param value before the first semicolon, in lower case
 */
public record HeaderValue(String value, Map<String, String> parameters) {
    public HeaderValue {
        parameters = Map.copyOf(parameters);
    }

    public static HeaderValue parse(String header) {
        int semicolon = header.indexOf(';');
        var value = (semicolon < 0 ? header : header.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
        var scan = new Scan(header, semicolon < 0 ? header.length() : semicolon);
        var parameters = new TreeMap<String, String>();
        while (scan.skipTo(';')) {
            var name = scan.until('=', ';').strip().toLowerCase(Locale.ROOT);
            if (scan.skipTo('=')) {
                parameters.putIfAbsent(name, scan.parameterValue());
            }
        }
        for (var name : parameters.keySet().toArray(String[]::new)) {
            if (name.endsWith("*")) {
                extended(parameters.getOrDefault(name, ""))
                        .ifPresent(text -> parameters.put(name.substring(0, name.length() - 1), text));
            }
        }
        return new HeaderValue(value, parameters);
    }

    /** The value of the parameter {@code name}, which is in lower case. */
    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    private static Optional<String> extended(String text) {
        var pieces = text.split("'", 3);
        return pieces.length == 3 && pieces[0].equalsIgnoreCase("utf-8")
                ? Optional.of(PercentCoding.decode(pieces[2]))
                : Optional.empty();
    }

    /** A position in the header. */
    private static final class Scan {
        private final String text;
        private int at;

        Scan(String text, int at) {
            this.text = text;
            this.at = at;
        }

        /** Moves behind {@code mark} if it is next. */
        boolean skipTo(char mark) {
            if (at < text.length() && text.charAt(at) == mark) {
                at++;
                return true;
            }
            return false;
        }

        String until(char mark, char other) {
            int from = at;
            while (at < text.length() && text.charAt(at) != mark && text.charAt(at) != other) {
                at++;
            }
            return text.substring(from, at);
        }

        String parameterValue() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            if (!skipTo('"')) {
                return until(';', ';').strip();
            }
            var value = new StringBuilder();
            for (; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length() && "\"\\".indexOf(text.charAt(at + 1)) >= 0) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            until(';', ';');
            return value.toString();
        }
    }
}
