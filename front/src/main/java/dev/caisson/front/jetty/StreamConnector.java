package dev.caisson.front.jetty;

import dev.caisson.guest.GuestStream;
import dev.caisson.http.Handler;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;

/** HTTP/1.1 on connections that are handed over one by one. */
final class StreamConnector extends AbstractConnector {
    /** @param patience for a request's head */
    StreamConnector(Server server, HttpConfiguration configuration, Duration patience) {
        super(server, null, null, null, 0, new PromptHeads(configuration, patience));
    }

    /** Serves a connection until it is over; reads it on the calling thread. */
    void serve(GuestStream stream, Handler handler) {
        var endPoint = new StreamEndPoint(stream, handler, getScheduler());
        endPoint.setIdleTimeout(getIdleTimeout());
        var connection = getDefaultConnectionFactory().newConnection(this, endPoint);
        endPoint.setConnection(connection);
        endPoint.onOpen();
        onEndPointOpened(endPoint);
        try {
            connection.onOpen();
            if (isRunning()) {
                endPoint.readUntilClosed();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            endPoint.close();
            onEndPointClosed(endPoint);
        }
    }

    @Override
    protected void doStop() throws Exception {
        List.copyOf(getConnectedEndPoints()).forEach(endPoint -> endPoint.close());
        super.doStop();
    }

    @Override
    protected void accept(int acceptor) {
        throw new IllegalStateException("connections are handed over, not accepted");
    }

    @Override
    public Object getTransport() {
        return this;
    }
}
