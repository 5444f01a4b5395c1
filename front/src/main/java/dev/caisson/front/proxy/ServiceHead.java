package dev.caisson.front.proxy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Status and headers of a service's answer.
 *
 * @param headers in order, names as sent
 */
record ServiceHead(int status, List<Header> headers) {
    /** All headers together, in bytes; as much as this server takes from clients. */
    private static final int LIMIT = 64 * 1024;

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5]\\d\\d)( .*)?");
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    record Header(String name, String value) {}

    static ServiceHead read(ServiceInput input) throws IOException {
        var line = input.line(LIMIT);
        var status = STATUS_LINE.matcher(line);
        if (!status.matches()) {
            throw new MalformedAnswerException("the service does not speak HTTP/1");
        }
        return new ServiceHead(Integer.parseInt(status.group(1)), readHeaders(input));
    }

    /** Headers or trailers, up to the empty line. */
    static List<Header> readHeaders(ServiceInput input) throws IOException {
        var headers = new ArrayList<Header>();
        int left = LIMIT;
        for (var line = input.line(left); !line.isEmpty(); line = input.line(left)) {
            left = Math.max(0, left - line.length());
            if (line.startsWith(" ") || line.startsWith("\t")) {
                unfold(headers, line);
            } else {
                headers.add(parse(line));
            }
        }
        return List.copyOf(headers);
    }

    List<String> values(String name) {
        return headers.stream().filter(header -> header.name().equalsIgnoreCase(name)).map(Header::value).toList();
    }

    private static Header parse(String line) {
        int colon = line.indexOf(':');
        if (colon < 0 || !NAME.matcher(line.substring(0, colon)).matches()) {
            throw new MalformedAnswerException("the service sent a header that is none");
        }
        return new Header(line.substring(0, colon), line.substring(colon + 1).strip());
    }

    private static void unfold(List<Header> headers, String line) {
        if (headers.isEmpty()) {
            throw new MalformedAnswerException("the service sent a header that is none");
        }
        var last = headers.removeLast();
        headers.add(new Header(last.name(), last.value() + " " + line.strip()));
    }
}
