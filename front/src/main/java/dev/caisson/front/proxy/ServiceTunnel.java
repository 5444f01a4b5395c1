package dev.caisson.front.proxy;

import dev.caisson.guest.GuestStream;
import dev.caisson.http.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bytes both ways between a client and a service that have agreed on another protocol, each end passed on by itself. */
final class ServiceTunnel implements Exchange.Tunnel {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceTunnel.class);
    private static final int BUFFER = 16 * 1024;

    private final GuestStream upstream;
    private final ServiceInput fromService;
    private final Runnable cut;

    /** @param cut breaks off the client's connection */
    ServiceTunnel(GuestStream upstream, ServiceInput fromService, Runnable cut) {
        this.upstream = upstream;
        this.fromService = fromService;
        this.cut = cut;
    }

    @Override
    public void run(InputStream fromClient, OutputStream toClient) throws IOException {
        try {
            var downwards = Thread.ofVirtual().name("tunnel to client").start(() -> passToClient(toClient));
            passToService(fromClient);
            downwards.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in a tunnel", e);
        } finally {
            upstream.close();
        }
    }

    private void passToService(InputStream fromClient) throws IOException {
        var buffer = new byte[BUFFER];
        for (int n = fromClient.read(buffer); n >= 0; n = fromClient.read(buffer)) {
            upstream.output().write(buffer, 0, n);
            upstream.output().flush();
        }
        upstream.shutdownOutput();
    }

    private void passToClient(OutputStream toClient) {
        try {
            while (fromService.pass(toClient, Long.MAX_VALUE) >= 0) {
                // The next piece.
            }
            toClient.close();
        } catch (IOException e) {
            LOG.debug("a tunnel broke", e);
            cut.run();
        }
    }
}
