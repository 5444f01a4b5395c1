package dev.caisson.front.proxy;

import dev.caisson.guest.GuestStream;
import dev.caisson.http.Cors;
import dev.caisson.http.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** One request to a service in a sandbox over a connection of its own. Used by one thread. */
final class ServiceCall {
    private static final int SWITCHING = 101;

    /** Preliminary answers and the final one; there may be some of the former, but not without an end. */
    private static final int MOST_HEADS = 64;

    private final GuestStream upstream;
    private final Exchange exchange;
    private final RequestHead request;
    private boolean tunnelled;

    ServiceCall(GuestStream upstream, Exchange exchange, RequestHead request) {
        this.upstream = upstream;
        this.exchange = exchange;
        this.request = request;
    }

    /** Whether the connection now belongs to a tunnel, which closes it. */
    boolean tunnelled() {
        return tunnelled;
    }

    void run() throws IOException {
        var input = new ServiceInput(upstream.input());
        ServiceHead head;
        AnswerRelay relay;
        try (var body = new RequestPump(exchange, upstream.output())) {
            try {
                request.writeTo(upstream.output());
                body.start();
                head = finalHead(input, body);
                relay = new AnswerRelay(exchange, head, input);
            } catch (IOException | MalformedAnswerException e) {
                answerUnreachable(exchange);
                return;
            }
            if (head.status() == SWITCHING) {
                becomeTunnel(head, input);
            } else {
                relay.run();
                // The service sees an orderly end, not a reset, when it has said everything.
                upstream.shutdownOutput();
            }
        }
    }

    /** Reads heads until one that is not preliminary. */
    private ServiceHead finalHead(ServiceInput input, RequestPump body) throws IOException {
        for (int heads = 0; heads < MOST_HEADS; heads++) {
            var head = ServiceHead.read(input);
            if (head.status() == 100) {
                body.proceed();
            } else if (head.status() == SWITCHING && exchange.header("Upgrade").isEmpty()) {
                throw new MalformedAnswerException("the service changed the protocol unasked");
            } else if (head.status() == SWITCHING || head.status() >= 200) {
                return head;
            }
        }
        throw new MalformedAnswerException("the service sends preliminary answers only");
    }

    /** What {@code contract/rest-api.md} §9.2 says where the way to the service fails. */
    static void answerUnreachable(Exchange exchange) throws IOException {
        Cors.edge().around(unreachable -> {
            unreachable.setHeader("Content-Type", "text/plain; charset=utf-8");
            unreachable.setHeader("Should-Retry", "false");
            unreachable.send(502, "Failed to route request to sandbox".getBytes(StandardCharsets.UTF_8));
        }).handle(exchange);
    }

    private void becomeTunnel(ServiceHead head, ServiceInput input) throws IOException {
        head.headers().forEach(header -> exchange.addHeader(header.name(), header.value()));
        exchange.upgrade(new ServiceTunnel(upstream, input, exchange::abort));
        tunnelled = true;
    }
}
