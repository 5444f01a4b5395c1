package dev.caisson.front.jetty;

import dev.caisson.guest.GuestStream;
import dev.caisson.http.Exchange;
import dev.caisson.http.Handler;
import dev.caisson.http.HttpFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/**
 * The HTTP server: HTTP/1.1 and HTTP/2, in clear text and over TLS, on one port, every request on a virtual thread. Safe for
 * use by many threads.
 */
public final class JettyServer implements AutoCloseable {
    /** Longer than clients keep an idle connection (300 s), so that they close first ({@code contract/rest-api.md} §9.4, §15.3). */
    static final Duration IDLE = Duration.ofSeconds(620);

    /** Selectors, the acceptor and what Jetty schedules; requests run on virtual threads. */
    private static final int PLATFORM_THREADS = 16;

    private static final Duration CLOSE = Duration.ofSeconds(5);

    private volatile InetSocketAddress address;
    private final Handler handler;
    private final Optional<Tls> tls;
    private final Server server;
    private final ServerConnector connector;
    private final StreamConnector streams;
    private final Set<JettyExchange> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch drained = new CountDownLatch(1);
    private volatile boolean stopping;

    private JettyServer(InetSocketAddress address, Handler handler, Optional<Tls> tls, Duration idle) {
        this.address = address;
        this.handler = handler;
        this.tls = tls;
        this.server = new Server(threads());
        server.setHandler(new Entry());
        server.setErrorHandler(new JsonErrors());
        this.connector = new Connector(server, tls.map(Protocols::clearAndTls).orElseGet(Protocols::clear));
        connector.setHost(address.getAddress().getHostAddress());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(idle.toMillis());
        connector.setAcceptQueueSize(1024);
        connector.setShutdownIdleTimeout(CLOSE.toMillis());
        server.addConnector(connector);
        this.streams = new StreamConnector(server, Protocols.configuration(), Protocols.HEAD);
        streams.setIdleTimeout(idle.toMillis());
        server.addConnector(streams);
    }

    /**
     * Listens and serves, in clear text only.
     *
     * @param address resolved; port 0 for any free one
     * @throws IOException if the address cannot be listened on
     */
    public static JettyServer start(InetSocketAddress address, Handler handler) throws IOException {
        return start(address, handler, Optional.empty(), IDLE);
    }

    /**
     * Listens and serves, TLS and clear text on the same port.
     *
     * @param address resolved; port 0 for any free one
     * @param certificate one entry with key and chain, without a password
     * @throws IOException if the address cannot be listened on, or the certificate not be used
     */
    public static JettyServer startWithTls(InetSocketAddress address, Handler handler, KeyStore certificate) throws IOException {
        return start(address, handler, Optional.of(new Tls(certificate)), IDLE);
    }

    /** @param idle after which a connection or a request on which nothing happens is cut off */
    static JettyServer start(InetSocketAddress address, Handler handler, Optional<Tls> tls, Duration idle) throws IOException {
        var server = new JettyServer(address, handler, tls, idle);
        try {
            server.server.start();
            server.address = new InetSocketAddress(address.getAddress(), server.connector.getLocalPort());
            return server;
        } catch (Exception e) {
            server.close();
            throw new IOException("could not listen on " + address + ": " + e.getMessage(), e);
        }
    }

    static QueuedThreadPool threads() {
        var virtual = new VirtualThreadPool();
        virtual.setName("http");
        virtual.setMaxConcurrentTasks(-1);
        var pool = new QueuedThreadPool(PLATFORM_THREADS);
        pool.setName("jetty");
        pool.setVirtualThreadsExecutor(virtual);
        return pool;
    }

    /** Where it listens; the port is the real one. */
    public InetSocketAddress address() {
        return address;
    }

    /**
     * Serves HTTP/1.1 on a connection that did not come through the port, until it is over. Its requests go to {@code handler};
     * the calling thread reads.
     */
    public void serve(GuestStream stream, Handler handler) {
        streams.serve(stream, handler);
    }

    /**
     * Shows this certificate to whoever connects from now on; connections that are there stay.
     *
     * @throws IllegalArgumentException if it cannot be used; then the one before stays
     * @throws IllegalStateException if the server was started without TLS
     */
    public void use(KeyStore certificate) {
        tls.orElseThrow(() -> new IllegalStateException("the server was started without TLS")).use(certificate);
    }

    /** Exchanges under way. */
    public int openExchanges() {
        return open.size();
    }

    /**
     * Takes no more connections, refuses new requests with 503, waits until those under way have ended, but at most
     * {@code patience}, cuts off the rest, and stops.
     */
    public void stop(Duration patience) throws InterruptedException {
        stopping = true;
        var listening = connector.shutdown();
        if (!open.isEmpty()) {
            drained.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        }
        listening.cancel(false);
        close();
    }

    /** Stops at once; what is under way is cut off. */
    @Override
    public void close() {
        stopping = true;
        open.forEach(JettyExchange::abort);
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP server could not be stopped: " + e.getMessage(), e);
        }
    }

    private void handle(Request request, Response response, Callback callback) {
        var exchange = new JettyExchange(request, response, callback);
        open.add(exchange);
        try {
            exchange.run(stopping ? JettyServer::refuse : handlerOf(request));
        } finally {
            open.remove(exchange);
            if (stopping && open.isEmpty()) {
                drained.countDown();
            }
        }
    }

    private Handler handlerOf(Request request) {
        if (HeadSize.isTooLarge(request)) {
            return HeadSize::refuse;
        }
        return request.getConnectionMetaData().getConnection().getEndPoint() instanceof StreamEndPoint inside
                ? inside.handler()
                : handler;
    }

    private static void refuse(Exchange exchange) throws IOException {
        exchange.setHeader("Connection", "close");
        new HttpFailure(503, "the server is stopping; nothing was done", "", true).send(exchange);
    }

    private final class Entry extends org.eclipse.jetty.server.Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            JettyServer.this.handle(request, response, callback);
            return true;
        }
    }

    /** Makes connections that notice when a client leaves. */
    private static final class Connector extends ServerConnector {
        Connector(Server server, ConnectionFactory[] factories) {
            super(server, 1, 2, factories);
        }

        @Override
        protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
            var endPoint = new PeekEndPoint(channel, selector, key, getScheduler(), VirtualThreads.getVirtualThreadsExecutor(getExecutor()));
            endPoint.setIdleTimeout(getIdleTimeout());
            return endPoint;
        }
    }
}
