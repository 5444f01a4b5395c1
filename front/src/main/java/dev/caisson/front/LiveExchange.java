package dev.caisson.front;

import dev.caisson.base.SandboxId;
import dev.caisson.http.Exchange;
import dev.caisson.node.NodeException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.BooleanSupplier;

/**
 * An exchange with a sandbox that may end meanwhile. What its handler then says (an error message, a last frame) must not
 * reach the client, who would take it for the sandbox's own end ({@code contract/rest-api.md} §14): before the head the
 * sandbox is not found, after it the answer is cut off.
 */
final class LiveExchange extends ForwardingExchange {
    private final SandboxId id;
    private final BooleanSupplier alive;
    private final BooleanSupplier spared;
    private final Runnable ended;
    private boolean tunnelled;

    /**
     * Watches over one exchange.
     *
     * @param spared asked before a whole answer is sent, which is not cut off any more; false if the exchange has been
     * @param ended runs when the exchange is over: its handler has returned and its tunnel, if it became one, has ended; may
     *     run more than once
     */
    LiveExchange(Exchange inner, SandboxId id, BooleanSupplier alive, BooleanSupplier spared, Runnable ended) {
        super(inner);
        this.id = id;
        this.alive = alive;
        this.spared = spared;
        this.ended = ended;
    }

    /** Answers although the sandbox has ended. */
    void sendUnchecked(SandboxPage page) throws IOException {
        requireSpared();
        page.send(inner());
    }

    /** The handler is done; the exchange is too, unless it has become a tunnel. */
    void handlerReturned() {
        if (!tunnelled) {
            ended.run();
        }
    }

    @Override
    public void send(int status, byte[] body) throws IOException {
        requireAlive();
        requireSpared();
        super.send(status, body);
    }

    @Override
    public OutputStream start(int status) throws IOException {
        requireAlive();
        return new LiveStream(super.start(status));
    }

    @Override
    public void upgrade(Tunnel tunnel) throws IOException {
        requireAlive();
        super.upgrade((fromClient, toClient) -> {
            try {
                tunnel.run(fromClient, toClient);
            } finally {
                ended.run();
            }
        });
        tunnelled = true;
        // The client may leave before the tunnel is open.
        onAbort(ended);
    }

    private void requireSpared() throws IOException {
        if (!spared.getAsBoolean()) {
            throw new IOException("sandbox " + id + " ended");
        }
    }

    private void requireAlive() {
        if (!alive.getAsBoolean()) {
            throw NodeException.notFound(id);
        }
    }

    private final class LiveStream extends FilterOutputStream {
        LiveStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            cutUnlessAlive();
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            cutUnlessAlive();
            out.write(bytes, offset, length);
        }

        private void cutUnlessAlive() throws IOException {
            if (!alive.getAsBoolean()) {
                abort();
                throw new IOException("sandbox " + id + " ended");
            }
        }
    }
}
