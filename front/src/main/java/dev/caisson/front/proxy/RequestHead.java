package dev.caisson.front.proxy;

import dev.caisson.http.Exchange;
import dev.caisson.node.Ingress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The head of the request to a service: as the client's, except what belongs to the client's connection, what opens a private
 * sandbox's ports, and a masked host.
 */
final class RequestHead {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Composes the head with the framing that {@link RequestPump} uses for the body. */
    RequestHead(Exchange exchange, Ingress ingress, int port) {
        var target = exchange.rawTarget().isEmpty() ? "/" : exchange.rawTarget();
        line(exchange.method() + " " + target + " HTTP/1.1");
        var mask = ingress.maskedHost(port);
        header("Host", mask.orElse(exchange.authority()));
        var connection = exchange.headers("Connection");
        var dropped = HopByHop.named(connection);
        dropped.add("host");
        if (!ingress.open()) {
            dropped.add(PortProxy.TRAFFIC_TOKEN);
        }
        if (mask.isPresent()) {
            dropped.add("x-forwarded-host");
            header("X-Forwarded-Host", exchange.authority());
        }
        for (var name : exchange.headerNames()) {
            if (!dropped.contains(name)) {
                exchange.headers(name).forEach(value -> header(name, value));
            }
        }
        if (exchange.hasBody() && exchange.contentLength().isEmpty()) {
            header("Transfer-Encoding", "chunked");
        }
        if (HopByHop.has(exchange.headers("TE"), "trailers")) {
            header("TE", "trailers");
        }
        var upgrade = exchange.header("Upgrade").filter(_ -> HopByHop.has(connection, "upgrade"));
        header("Connection", upgrade.isPresent() ? "Upgrade" : "close");
        upgrade.ifPresent(protocol -> header("Upgrade", protocol));
        line("");
    }

    void writeTo(OutputStream out) throws IOException {
        bytes.writeTo(out);
        out.flush();
    }

    private void header(String name, String value) {
        line(name + ": " + value);
    }

    /** Header values are bytes to HTTP; the engine reads and writes them as ISO 8859-1. */
    private void line(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        bytes.write('\r');
        bytes.write('\n');
    }
}
