package dev.caisson.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.base.SandboxTokens;
import dev.caisson.envd.EnvdService;
import dev.caisson.front.jetty.JettyServer;
import dev.caisson.front.jetty.RawClient;
import dev.caisson.front.proxy.PortProxy;
import dev.caisson.guest.GuestStream;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.http.testing.FakeExchange;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.Ingress;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.NodeException;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.testing.FakeNode;
import dev.caisson.node.testing.FakeTransitions.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code contract/rest-api.md} §9.3: requests to paused sandboxes. A service on port 3000 says what it was sent. */
class WakingTest {
    private static final int PORT = 3000;

    private final FakeNode node = new FakeNode(InstantSource.system());
    private final SandboxTokens tokens = new SandboxTokens(new byte[32]);
    private final EnvdService envd = new EnvdService(node, tokens);
    private final AtomicReference<CaissonException> refusal = new AtomicReference<>();
    private final AtomicBoolean defect = new AtomicBoolean();
    private final Front front = front(Duration.ofSeconds(30));
    private SandboxInfo sandbox = create(true, Ingress.OPEN);

    @BeforeEach
    void services() {
        node.agentsOfResumed(info -> withServices(new FakeAgent()));
        withServices((FakeAgent) node.agent(sandbox.id()));
    }

    @AfterEach
    void stop() {
        await().until(() -> front.openExchanges() == 0);
        envd.close();
    }

    private Front front(Duration patience) {
        return new Front(
                node, tokens, envd::handle, envd::admits, envd::findBySignature, this::wake, exchange -> exchange.send(418, new byte[0]),
                new FrontLimits(6, 8, 1, 1, Duration.ofSeconds(1), patience));
    }

    private SandboxInfo wake(SandboxInfo paused) {
        if (defect.get()) {
            throw new LinkageError("a defect");
        }
        var failure = refusal.get();
        if (failure != null) {
            throw failure;
        }
        return node.resume(paused.id(), new ResumeRequest(Duration.ofMinutes(5), true, true, Optional.empty()));
    }

    private SandboxInfo create(boolean wakes, Ingress ingress) {
        return node.create(new CreateRequest(
                "base", Optional.empty(), "team", Duration.ofMinutes(5), true, true, ingress,
                new Lifecycle(Lifecycle.OnTimeout.PAUSE, wakes, Duration.ofMinutes(5)), Map.of(), Map.of()));
    }

    private static FakeAgent withServices(FakeAgent agent) {
        agent.run("/bin/bash", process -> process.print("hello"));
        agent.files().put("/home/user/a.txt", "text");
        agent.listen(PORT, stream -> {
            try {
                serve(stream);
            } catch (IOException e) {
                // The run has ended.
                stream.close();
            }
        });
        return agent;
    }

    private static void serve(GuestStream stream) throws IOException {
        var head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int b = stream.input().read();
            if (b < 0) {
                return;
            }
            head.append((char) b);
        }
        var out = stream.output();
        if (head.toString().toLowerCase(java.util.Locale.ROOT).contains("upgrade: x")) {
            out.write("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            out.write(stream.input().readNBytes(4));
        } else {
            var body = new String(stream.input().readNBytes(head.toString().startsWith("POST") ? 5 : 0), StandardCharsets.UTF_8);
            out.write(("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<" + (body + "     ").substring(0, 4) + ">\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            if (!head.toString().contains("/stream")) {
                out.write("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            }
        }
        stream.input().readAllBytes();
    }

    private void pause() {
        pause(true);
    }

    private void pause(boolean memory) {
        node.pause(sandbox.id(), new PauseRequest(memory, false));
        front.runEnded(sandbox.id());
    }

    private boolean isPaused() {
        return node.find(sandbox.id()).orElseThrow().state() == SandboxInfo.State.PAUSED;
    }

    private FakeExchange toPort(String method, String target) {
        return FakeExchange.request(method, target).header("E2b-Sandbox-Id", sandbox.id().value()).header("E2b-Sandbox-Port", "" + PORT);
    }

    private FakeExchange toEnvd(String method, String target) {
        return FakeExchange.request(method, target).header("E2b-Sandbox-Id", sandbox.id().value());
    }

    private String token() {
        return tokens.envdToken(sandbox.id(), sandbox.tokenRotation());
    }

    private static CompletableFuture<FakeExchange> sent(FakeExchange exchange, Front front) {
        return CompletableFuture.supplyAsync(() -> exchange.handledBy(front), Thread::startVirtualThread);
    }

    private static void notFound(FakeExchange answer) {
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.answerText()).contains("The sandbox was not found");
    }

    @Test
    void theRequestIsForwardedInFullOnceItRuns() {
        pause();
        var answer = toPort("POST", "/").body("hello").handledBy(front);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.answerText()).isEqualTo("<hell>");
        assertThat(isPaused()).isFalse();
        assertThat(node.lastResume().orElseThrow().byTraffic()).isTrue();
    }

    @Test
    void aPausedSandboxIs502AtOnceUnlessTrafficWakesIt() {
        sandbox = create(false, Ingress.OPEN);
        pause();
        notFound(toPort("GET", "/").handledBy(front));
        notFound(toEnvd("GET", "/health").header("X-Access-Token", token()).handledBy(front));
        assertThat(node.transitions().begun(Kind.RESUME)).isZero();
    }

    @Test
    void whatWasSavedWithoutMemoryIsNotWoken() {
        pause(false);
        notFound(toPort("GET", "/").handledBy(front));
        assertThat(isPaused()).isTrue();
        assertThat(node.transitions().begun(Kind.RESUME)).isZero();
    }

    @Test
    void whatWasSavedWithADeadAgentIsNotWoken() {
        ((FakeAgent) node.agent(sandbox.id())).breakLink();
        pause();
        notFound(toPort("GET", "/").handledBy(front));
        assertThat(node.transitions().begun(Kind.RESUME)).isZero();
    }

    @Test
    void anyCallOfEnvdWakesIt() {
        pause();
        assertThat(toEnvd("GET", "/health").header("X-Access-Token", token()).handledBy(front).status()).isEqualTo(204);
        pause();
        var command = toEnvd("POST", "/process.Process/List").header("X-Access-Token", token())
                .header("Content-Type", "application/json").body("{}").handledBy(front);
        assertThat(command.status()).isEqualTo(200);
        assertThat(isPaused()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /health", "POST /process.Process/List", "GET /files?path=a.txt", "POST /files?path=a.txt"})
    void withoutTheTokenItStaysPaused(String call) {
        pause();
        var parts = call.split(" ");
        for (var token : new String[] {"", "wrong"}) {
            var answer = toEnvd(parts[0], parts[1]).header("X-Access-Token", token).handledBy(front);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.answerText()).contains("can't be resumed with the credentials provided");
        }
        assertThat(isPaused()).isTrue();
        assertThat(node.transitions().begun(Kind.RESUME)).isZero();
    }

    @Test
    void aPreflightIsAnsweredAndWakesNothing() {
        pause();
        var answer = toEnvd("OPTIONS", "/process.Process/List").header("Origin", "https://a.example")
                .header("Access-Control-Request-Method", "POST").handledBy(front);
        assertThat(answer.status()).isEqualTo(204);
        assertThat(isPaused()).isTrue();
    }

    @Test
    void reservedPathsWakeNothing() {
        pause();
        assertThat(toEnvd("POST", "/init").header("X-Access-Token", token()).handledBy(front).status()).isEqualTo(404);
        assertThat(isPaused()).isTrue();
    }

    @Test
    void aPrivatePortNeedsItsTokenFirst() {
        sandbox = create(true, new Ingress(true, false, ""));
        withServices((FakeAgent) node.agent(sandbox.id()));
        pause();
        assertThat(toPort("GET", "/").handledBy(front).answerText()).contains("is missing");
        assertThat(toPort("GET", "/").header(PortProxy.TRAFFIC_TOKEN, "x").handledBy(front).status()).isEqualTo(403);
        assertThat(isPaused()).isTrue();
        var traffic = tokens.trafficToken(sandbox.id(), sandbox.tokenRotation());
        assertThat(toPort("GET", "/").header(PortProxy.TRAFFIC_TOKEN, traffic).handledBy(front).status()).isEqualTo(200);
    }

    @Test
    void aSignedLinkIsCheckedFirst() throws Exception {
        pause();
        var digest = java.security.MessageDigest.getInstance("SHA-256");
        var signature = "v1_" + java.util.Base64.getEncoder().withoutPadding()
                .encodeToString(digest.digest(("a.txt:read:user:" + token()).getBytes(StandardCharsets.UTF_8)));
        var link = "/files?path=a.txt&username=user&signature=" + java.net.URLEncoder.encode(signature, StandardCharsets.UTF_8);
        assertThat(toEnvd("GET", link + "x").handledBy(front).status()).isEqualTo(403);
        assertThat(toEnvd("GET", link + "&signature_expiration=1").handledBy(front).status()).isEqualTo(403);
        assertThat(toEnvd("GET", link + "&signature_expiration=soon").handledBy(front).status()).isEqualTo(403);
        assertThat(isPaused()).isTrue();
        assertThat(FakeExchange.request("GET", link).handledBy(front).answerText()).as("a link that names no sandbox").isEqualTo("text");
        pause();
        assertThat(toEnvd("GET", link).handledBy(front).answerText()).isEqualTo("text");
    }

    @Test
    void thoseAtTheSameTimeWaitForOneResume() {
        pause();
        node.transitions().hold(Kind.RESUME);
        var answers = Stream.generate(() -> sent(toPort("GET", "/"), front)).limit(5).toList();
        await().until(() -> node.transitions().begun(Kind.RESUME) == 1);
        node.transitions().release(Kind.RESUME);
        answers.forEach(answer -> assertThat(answer.join().answerText()).isEqualTo("<    >"));
        assertThat(node.transitions().begun(Kind.RESUME)).isEqualTo(1);
    }

    @Test
    void whileItIsBeingPausedItIsWaitedFor() {
        node.transitions().hold(Kind.PAUSE);
        var pause = CompletableFuture.runAsync(this::pause, Thread::startVirtualThread);
        await().until(() -> node.transitions().begun(Kind.PAUSE) == 1);
        var answer = sent(toPort("GET", "/"), front);
        await().until(() -> node.lastResume().isPresent());
        assertThat(answer).isNotDone();
        node.transitions().release(Kind.PAUSE);
        pause.join();
        assertThat(answer.join().answerText()).isEqualTo("<    >");
    }

    @Test
    void whoComesWhileItIsPausedWithoutMemoryIsToldThatItIsNotFound() {
        node.transitions().hold(Kind.PAUSE);
        var pause = CompletableFuture.runAsync(() -> pause(false), Thread::startVirtualThread);
        await().until(() -> node.transitions().begun(Kind.PAUSE) == 1);
        var answer = sent(toPort("GET", "/"), front);
        await().until(() -> node.lastResume().isPresent());
        node.transitions().release(Kind.PAUSE);
        pause.join();
        notFound(answer.join());
        assertThat(isPaused()).isTrue();
    }

    @Test
    void aTransitionThatTakesTooLongIs409() {
        pause();
        node.transitions().hold(Kind.RESUME);
        var impatient = front(Duration.ofMillis(20));
        var answer = toPort("GET", "/").handledBy(impatient);
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.answerText()).contains("still transitioning");
        node.transitions().release(Kind.RESUME);
        await().until(() -> !isPaused());
        assertThat(toPort("GET", "/").handledBy(impatient).status()).isEqualTo(200);
    }

    @Test
    void aDefectKeepsNobodyWaitingAndTheNextRequestWakesIt() {
        pause();
        defect.set(true);
        var answer = toPort("GET", "/").handledBy(front);
        assertThat(answer.aborted()).isTrue();
        assertThat(isPaused()).isTrue();

        defect.set(false);
        assertThat(toPort("GET", "/").handledBy(front).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "EXHAUSTED|429|the team's limit", "UNAVAILABLE|503|no room to resume it", "TIMEOUT|409|still transitioning",
        "CONFLICT|409|still transitioning", "NOT_FOUND|502|The sandbox was not found", "INTERNAL|502|could not be resumed"
    })
    void aResumeThatFailsIsToldAndItStaysPaused(Category category, int status, String text) {
        pause();
        refusal.set(new NodeException(category, "the team's limit"));
        var answer = toPort("GET", "/").handledBy(front);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.answerText()).contains(text);
        assertThat(isPaused()).isTrue();
        refusal.set(null);
        assertThat(toPort("GET", "/").handledBy(front).status()).isEqualTo(200);
    }

    @Test
    void waitingRequestsAreBounded() {
        pause();
        node.transitions().hold(Kind.RESUME);
        var waiting = Stream.generate(() -> sent(toPort("GET", "/"), front)).limit(6).toList();
        await().until(() -> front.openExchanges() == 6);
        var refused = toPort("GET", "/").handledBy(front);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.answerText()).contains("\"connectionLimit\":6");
        node.transitions().release(Kind.RESUME);
        waiting.forEach(answer -> assertThat(answer.join().status()).isEqualTo(200));
    }

    @Test
    void aClientThatLeavesIsWaitedForNoMoreAndTheOthersAre() {
        pause();
        node.transitions().hold(Kind.RESUME);
        var leaving = toPort("GET", "/");
        var left = sent(leaving, front);
        await().until(() -> node.transitions().begun(Kind.RESUME) == 1);
        var staying = sent(toPort("GET", "/"), front);
        leaving.clientLeaves();
        left.join();
        assertThat(staying).isNotDone();
        node.transitions().release(Kind.RESUME);
        assertThat(staying.join().status()).isEqualTo(200);
    }

    @Test
    void oneThatIsKilledWhileItIsWaitedForIsNotFound() {
        pause();
        node.transitions().hold(Kind.RESUME);
        var answer = sent(toPort("GET", "/"), front);
        await().until(() -> node.transitions().begun(Kind.RESUME) == 1);
        node.kill(sandbox.id(), EndCause.REQUEST);
        node.transitions().release(Kind.RESUME);
        notFound(answer.join());
    }

    @Test
    void whatComesFromInsideWakesNothing() {
        pause();
        var exchange = FakeExchange.request("GET", "/health").header("X-Access-Token", token());
        exchange.handledBy(request -> front.handleFromInside(sandbox.id(), request));
        notFound(exchange);
        assertThat(isPaused()).isTrue();
    }

    @Test
    void whatIsOpenWhenItIsPausedBreaksOffAndTheNextRequestIsOfTheNextRun() throws Exception {
        var host = "Host: " + PORT + "-" + sandbox.id() + ".e2b.localhost";
        try (var server = JettyServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), front);
                var stream = RawClient.connect(server.address());
                var tunnel = RawClient.connect(server.address());
                var kept = RawClient.connect(server.address())) {
            stream.get("/stream", host).head();
            assertThat(stream.chunk()).asString().isEqualTo("<    >");
            assertThat(tunnel.get("/", host, "Connection: Upgrade", "Upgrade: x").head().status()).isEqualTo(101);
            assertThat(kept.get("/", host).answer().status()).isEqualTo(200);

            pause();

            assertThatThrownBy(() -> stream.read(1)).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> tunnel.read(1)).isInstanceOf(SocketException.class);
            assertThat(kept.get("/", host).answer().status()).as("the client's connection is not the sandbox's").isEqualTo(200);
            assertThat(node.find(sandbox.id()).orElseThrow().run()).isEqualTo(2);
            try (var upgraded = RawClient.connect(server.address())) {
                pause();
                assertThat(upgraded.get("/", host, "Connection: Upgrade", "Upgrade: x").head().status()).isEqualTo(101);
                upgraded.send("ping");
                assertThat(upgraded.read(4)).asString().isEqualTo("ping");
            }
        }
    }

    /** A pause that fails has broken nothing. */
    @Test
    void whatIsSaidWhileItIsBeingPausedPasses() throws Exception {
        var host = "Host: " + PORT + "-" + sandbox.id() + ".e2b.localhost";
        node.transitions().fail(Kind.PAUSE, new NodeException(Category.EXHAUSTED, "the disk is full"));
        node.transitions().hold(Kind.PAUSE);
        try (var server = JettyServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), front);
                var tunnel = RawClient.connect(server.address())) {
            assertThat(tunnel.get("/", host, "Connection: Upgrade", "Upgrade: x").head().status()).isEqualTo(101);
            var pause = CompletableFuture.runAsync(this::pause, Thread::startVirtualThread);
            await().until(() -> node.transitions().begun(Kind.PAUSE) == 1);
            tunnel.send("ping");
            assertThat(tunnel.read(4)).asString().isEqualTo("ping");
            node.transitions().release(Kind.PAUSE);
            assertThatThrownBy(pause::join).hasCauseInstanceOf(NodeException.class);
            assertThat(isPaused()).isFalse();
        }
    }
}
