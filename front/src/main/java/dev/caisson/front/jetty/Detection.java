package dev.caisson.front.jetty;

import java.io.IOException;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.BufferUtil;

/**
 * Looks at the first byte of a connection, gives it back, and hands over to TLS or clear text. (Jetty's own detection hands the
 * bytes over in another way, and then runs the first request on one of its few platform threads.)
 */
final class Detection extends AbstractConnectionFactory {
    private static final int PEEK_BYTES = 512;
    /** RFC 8446 §5.1: a handshake record; no HTTP request begins with it. */
    private static final byte TLS_HANDSHAKE = 22;

    private final String tls;
    private final String clear;

    /** @param tls and {@code clear}: protocols of the connector */
    Detection(String tls, String clear) {
        super("detection");
        this.tls = tls;
        this.clear = clear;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(new Undecided(connector, endPoint), connector, endPoint);
    }

    private final class Undecided extends AbstractConnection {
        private final Connector connector;

        Undecided(Connector connector, EndPoint endPoint) {
            super(endPoint, connector.getExecutor());
            this.connector = connector;
        }

        @Override
        public void onOpen() {
            super.onOpen();
            fillInterested();
        }

        @Override
        public void onFillable() {
            var buffer = BufferUtil.allocate(PEEK_BYTES);
            try {
                int n = getEndPoint().fill(buffer);
                if (n < 0) {
                    close();
                } else if (n == 0) {
                    fillInterested();
                } else {
                    var protocol = buffer.get(buffer.position()) == TLS_HANDSHAKE ? tls : clear;
                    ((PeekEndPoint) getEndPoint()).giveBack(buffer);
                    getEndPoint().upgrade(connector.getConnectionFactory(protocol).newConnection(connector, getEndPoint()));
                }
            } catch (IOException e) {
                getEndPoint().close(e);
            }
        }
    }
}
