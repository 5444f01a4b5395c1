package dev.caisson.front.jetty;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection that is over leaves no timer, which would keep it in memory. */
class TimersTest {
    private static final Duration PATIENCE = Duration.ofHours(7);

    private final Counting timers = new Counting();
    private final Server server = new Server(JettyServer.threads());
    private final PromptHeads heads = new PromptHeads(new HttpConfiguration(), PATIENCE);

    private InetSocketAddress start(ConnectionFactory... factories) throws Exception {
        var connector = new ServerConnector(server, null, timers, null, 1, 1, factories);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.start();
        return new InetSocketAddress("127.0.0.1", connector.getLocalPort());
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private void expectOneTimerWhile(RawClient client) throws IOException {
        await().until(() -> timers.pending.get() == 1);
        client.close();
        await().until(() -> timers.pending.get() == 0);
    }

    @Test
    void aClientThatLeavesInTheHandshake() throws Exception {
        var tls = new Tls(TestCertificate.of("*.e2b.localhost").keyStore());
        var address = start(tls.connections(heads.getProtocol(), PATIENCE), heads);
        // The beginning of a handshake record.
        expectOneTimerWhile(RawClient.connect(address).send(new byte[] {22, 3, 1, 0, (byte) 200, 1}));
    }

    @Test
    void aClientThatLeavesInAHead() throws Exception {
        expectOneTimerWhile(RawClient.connect(start(heads)).send("GET / HT"));
    }

    /** Of the length in question. */
    private static final class Counting extends ScheduledExecutorScheduler {
        private final AtomicInteger pending = new AtomicInteger();

        @Override
        public Task schedule(Runnable task, long delay, TimeUnit unit) {
            var scheduled = super.schedule(task, delay, unit);
            // That of a head runs from its first byte.
            if (unit.toHours(delay) < PATIENCE.toHours() - 1) {
                return scheduled;
            }
            pending.incrementAndGet();
            return () -> {
                boolean cancelled = scheduled.cancel();
                if (cancelled) {
                    pending.decrementAndGet();
                }
                return cancelled;
            };
        }
    }
}
