package dev.caisson.front.jetty;

import dev.caisson.http.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.BufferUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection after its upgrade: two blocking streams for a {@link Exchange.Tunnel}. */
final class TunnelConnection extends AbstractConnection implements Connection.UpgradeTo {
    private static final Logger LOG = LoggerFactory.getLogger(TunnelConnection.class);
    private static final int BUFFER = 8192;

    private final Exchange.Tunnel tunnel;
    private ByteBuffer input = BufferUtil.EMPTY_BUFFER;

    TunnelConnection(EndPoint endPoint, Executor executor, Exchange.Tunnel tunnel) {
        super(endPoint, executor);
        this.tunnel = tunnel;
    }

    /** Takes what the client sent right behind its request. */
    @Override
    public void onUpgradeTo(ByteBuffer buffer) {
        input = BufferUtil.copy(buffer);
    }

    @Override
    public void onOpen() {
        super.onOpen();
        Thread.ofVirtual().name("tunnel").start(this::run);
    }

    private void run() {
        try {
            tunnel.run(new FromClient(), new ToClient());
            close();
        } catch (IOException | RuntimeException e) {
            LOG.debug("a tunnel broke", e);
            Departures.below(getEndPoint()).ifPresentOrElse(Departures::cutOff, this::close);
        }
    }

    /** Never called: {@link FromClient} waits with callbacks of its own. */
    @Override
    public void onFillable() {
        throw new IllegalStateException("a tunnel waits for its own reads only");
    }

    private final class FromClient extends InputStream {
        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            while (!BufferUtil.hasContent(input)) {
                if (BufferUtil.space(input) == 0) {
                    input = BufferUtil.allocate(BUFFER);
                }
                int n = getEndPoint().fill(input);
                if (n < 0) {
                    return -1;
                }
                if (n == 0) {
                    awaitFillable();
                }
            }
            int n = Math.min(length, input.remaining());
            input.get(bytes, offset, n);
            return n;
        }

        private void awaitFillable() throws IOException {
            try (var fillable = Blocker.callback()) {
                getEndPoint().fillInterested(fillable);
                fillable.block();
            }
        }
    }

    private final class ToClient extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try (var done = Blocker.callback()) {
                getEndPoint().write(done, ByteBuffer.wrap(bytes, offset, length));
                done.block();
            }
        }

        @Override
        public void close() {
            getEndPoint().shutdownOutput();
        }
    }
}
