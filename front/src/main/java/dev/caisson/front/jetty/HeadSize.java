package dev.caisson.front.jetty;

import dev.caisson.http.Exchange;
import dev.caisson.http.HttpFailure;
import java.io.IOException;
import org.eclipse.jetty.server.Request;

/**
 * The bound on heads of HTTP/2. Jetty's own ends the whole connection, with every stream on it, so that it is set higher, and
 * what lies in between is refused like the same over HTTP/1.1.
 */
final class HeadSize {
    static final int LARGEST = 64 * 1024;
    static final int ENDS_CONNECTION = 4 * LARGEST;

    private static final int PER_FIELD = 4;

    private HeadSize() {}

    static boolean isTooLarge(Request request) {
        long size = String.valueOf(request.getHttpURI().getPathQuery()).length();
        for (var field : request.getHeaders()) {
            size += field.getName().length() + (field.getValue() == null ? 0 : field.getValue().length()) + PER_FIELD;
        }
        return size > LARGEST;
    }

    static void refuse(Exchange exchange) throws IOException {
        new HttpFailure(431, "the request's URL and headers have more than " + LARGEST / 1024 + " KiB").send(exchange);
    }
}
