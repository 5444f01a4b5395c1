package dev.caisson.front.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caisson.front.jetty.RawH2;
import dev.caisson.guest.GuestStream;
import dev.caisson.node.Ingress;
import java.io.IOException;
import java.net.SocketException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever goes on with a sandbox's ports breaks off when the sandbox is killed or the client leaves. */
class EndOfRunTest {
    private final CountDownLatch left = new CountDownLatch(1);
    private Services services;

    @BeforeEach
    void start() throws Exception {
        services = new Services();
    }

    @AfterEach
    void stop() {
        services.close();
    }

    /** Begins an answer as the path says, and then only waits for the other side to leave. */
    private void begin(GuestStream stream) throws IOException {
        var head = Services.head(stream);
        if (head.contains("Upgrade")) {
            Services.say(stream, "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        } else if (!head.startsWith("GET /silent")) {
            Services.say(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
        }
        try {
            while (stream.input().read() >= 0) {
                // A body, perhaps; what is waited for is the end.
            }
        } catch (IOException e) {
            left.countDown();
            return;
        }
        left.countDown();
    }

    @Test
    void aKillResetsEverythingThatHasBegunAndNothingOfOthers() throws Exception {
        var other = services.newSandbox(Ingress.OPEN);
        services.serve(this::begin).serve(other, this::begin);
        try (var silent = services.client(); var stream = services.client(); var upload = services.client();
                var tunnel = services.client(); var foreign = services.client(); var h2 = RawH2.connect(services.address())) {
            silent.get("/silent", services.host());
            stream.get("/", services.host()).head();
            assertThat(stream.chunk()).asString().isEqualTo("x");
            upload.request("POST", "/", "", services.host(), "Content-Length: 1000").send("begun").head();
            assertThat(tunnel.get("/", services.host(), "Connection: Upgrade", "Upgrade: x").head().status()).isEqualTo(101);
            foreign.get("/", Services.host(other)).head();
            assertThat(foreign.chunk()).asString().isEqualTo("x");
            int mine = h2.request("GET", "/", services.authority(), true);
            assertThat(h2.head(mine).status()).isEqualTo(200);
            int theirs = h2.request("GET", "/", "localhost", true, "e2b-sandbox-id: " + other, "e2b-sandbox-port: " + Services.PORT);
            assertThat(h2.head(theirs).status()).isEqualTo(200);
            await().until(() -> services.openExchanges() == 7);

            services.kill(services.sandbox());

            // Of which the client has heard nothing yet can still be said what became of it.
            var told = silent.answer();
            assertThat(told.status()).isEqualTo(502);
            assertThat(told.body()).contains("The sandbox was not found");
            assertThatThrownBy(() -> stream.read(10)).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> upload.read(10)).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> tunnel.read(10)).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> h2.answer(mine)).isInstanceOf(RawH2.StreamReset.class);
            try (var after = services.client()) {
                var answer = after.get("/health", "E2b-Sandbox-Id: " + services.sandbox()).answer();
                assertThat(answer.status()).isEqualTo(502);
                assertThat(answer.body()).contains("The sandbox was not found");
                assertThat(after.get("/", services.host()).answer().body()).contains("The sandbox was not found");
            }
            await().until(() -> services.openExchanges() == 2);
            assertThat(h2.read(theirs, 1)).asString().isEqualTo("x");
        }
    }

    @Test
    void aClientThatLeavesItsStreamIsGoneForTheServiceToo() throws Exception {
        services.serve(this::begin);
        try (var client = services.client()) {
            client.get("/", services.host()).head();
            assertThat(client.chunk()).asString().isEqualTo("x");
        }
        assertThat(left.await(15, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void soIsOneThatLeavesBeforeTheServiceSaidAnything() throws Exception {
        services.serve(this::begin);
        try (var client = services.client()) {
            client.get("/silent", services.host());
            await().until(() -> services.openExchanges() == 1);
        }
        assertThat(left.await(15, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void soIsAStreamThatTheClientResets() throws Exception {
        services.serve(this::begin);
        try (var client = RawH2.connect(services.address())) {
            int stream = client.request("GET", "/", services.authority(), true);
            assertThat(client.head(stream).status()).isEqualTo(200);
            client.reset(stream);
            assertThat(left.await(15, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void soIsOneThatLeavesInTheMiddleOfItsBody() throws Exception {
        services.serve(this::begin);
        try (var client = services.client()) {
            client.request("POST", "/silent", "", services.host(), "Content-Length: 1000").send("begun");
            await().until(() -> services.openExchanges() == 1);
        }
        assertThat(left.await(15, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aClientThatLeavesWhileItsPortIsClosedIsNotWaitedFor() throws Exception {
        try (var client = services.client()) {
            client.get("/", services.host());
            await().until(() -> services.openExchanges() == 1);
        }
        await().until(() -> services.openExchanges() == 0);
    }
}
