package dev.caisson.front.proxy;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.guest.Errno;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.GuestStream;
import dev.caisson.http.Exchange;
import dev.caisson.node.Node;
import dev.caisson.node.SandboxInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Relays exchanges to ports inside sandboxes. Safe for use by many threads. */
public final class PortProxy {
    /** A service may be about to listen: so often, each time this much later ({@code contract/rest-api.md} §9.4). */
    private static final int DIALS = 5;

    /** What who may reach a private sandbox's ports sends; the service does not see it. */
    public static final String TRAFFIC_TOKEN = "e2b-traffic-access-token";

    private static final Duration BACKOFF = Duration.ofMillis(100);

    private final Node node;

    public PortProxy(Node node) {
        this.node = node;
    }

    /**
     * Relays one exchange.
     *
     * @return false if nothing listens on the port; then nothing was answered
     * @throws dev.caisson.node.NodeException {@code NOT_FOUND} if there is no such sandbox (any more)
     */
    public boolean relay(SandboxInfo sandbox, int port, Exchange exchange) throws IOException {
        Optional<GuestStream> dialled;
        try {
            dialled = dial(sandbox.id(), port, exchange);
        } catch (CaissonException e) {
            if (e.category() == Category.NOT_FOUND) {
                throw e;
            }
            ServiceCall.answerUnreachable(exchange);
            return true;
        }
        if (dialled.isEmpty()) {
            return false;
        }
        var upstream = dialled.get();
        exchange.onAbort(upstream::close);
        var call = new ServiceCall(upstream, exchange, new RequestHead(exchange, sandbox.ingress(), port));
        try {
            call.run();
        } finally {
            if (!call.tunnelled()) {
                upstream.close();
            }
        }
        return true;
    }

    private Optional<GuestStream> dial(SandboxId id, int port, Exchange exchange) throws IOException {
        var clientLeft = new CountDownLatch(1);
        for (int attempt = 1; ; attempt++) {
            try {
                return Optional.of(node.dial(id, port));
            } catch (CaissonException e) {
                if (!isRefused(e)) {
                    throw e;
                }
            }
            if (attempt == 1) {
                exchange.onAbort(clientLeft::countDown);
            }
            if (attempt == DIALS) {
                return Optional.empty();
            }
            if (leftWithin(clientLeft, BACKOFF.multipliedBy(attempt))) {
                throw new IOException("the client left while port " + port + " of sandbox " + id + " was closed");
            }
        }
    }

    private static boolean isRefused(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof GuestException guest && guest.errno() == Errno.ECONNREFUSED) {
                return true;
            }
        }
        return false;
    }

    private static boolean leftWithin(CountDownLatch clientLeft, Duration patience) throws IOException {
        try {
            return clientLeft.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while dialling", e);
        }
    }
}
