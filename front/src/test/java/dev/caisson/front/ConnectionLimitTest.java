package dev.caisson.front;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.SandboxTokens;
import dev.caisson.http.Exchange;
import dev.caisson.http.testing.FakeExchange;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.testing.FakeNode;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {
    private final FakeNode node = new FakeNode(InstantSource.system());
    private final String busy = sandbox().id().value();
    private final String other = sandbox().id().value();
    private final CountDownLatch release = new CountDownLatch(1);
    private final Semaphore held = new Semaphore(0);
    private final Front front = Fronts.of(
            node, new SandboxTokens(new byte[32]), (_, exchange) -> hold(exchange), (_, _, _) -> Optional.empty(),
            exchange -> exchange.send(200, new byte[] {'c'}), new FrontLimits(2, 3, 1, 1, Duration.ofSeconds(1), Duration.ofSeconds(1)));

    private SandboxInfo sandbox() {
        return node.create(new CreateRequest("base", "team", Duration.ofMinutes(5), true, true, Map.of(), Map.of()));
    }

    private void hold(Exchange exchange) throws IOException {
        held.release();
        try {
            assertThat(release.await(15, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        exchange.send(200, new byte[] {'x'});
    }

    private static FakeExchange to(String id) {
        return FakeExchange.request("GET", "/").header("E2b-Sandbox-Id", id);
    }

    private CompletableFuture<FakeExchange> holding(String id) throws InterruptedException {
        var answered = new CompletableFuture<FakeExchange>();
        Thread.ofVirtual().start(() -> answered.complete(to(id).handledBy(front)));
        assertThat(held.tryAcquire(15, TimeUnit.SECONDS)).isTrue();
        return answered;
    }

    @Test
    void oneSandboxCannotTakeAllAndGetsItsPlacesBack() throws Exception {
        var first = holding(busy);
        var second = holding(busy);

        var refused = to(busy).handledBy(front);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.answerText()).isEqualTo("{\"sandboxId\":\"" + busy
                + "\",\"message\":\"The sandbox has too many connections\",\"connectionLimit\":2,\"code\":429}");
        assertThat(refused.answerHeader("Retry-After")).contains("1");
        assertThat(to(busy).header("Sec-Fetch-Mode", "navigate").handledBy(front).answerText())
                .startsWith("<html").contains("Too Many Connections", busy);

        var third = holding(other);
        var full = to(other).handledBy(front);
        assertThat(full.status()).isEqualTo(503);
        assertThat(full.answerHeader("Should-Retry")).contains("true");
        assertThat(FakeExchange.request("DELETE", "/sandboxes/" + busy).handledBy(front).status()).isEqualTo(200);

        release.countDown();
        for (var answer : new CompletableFuture<?>[] {first, second, third}) {
            assertThat(((FakeExchange) answer.get(10, TimeUnit.SECONDS)).status()).isEqualTo(200);
        }
        assertThat(front.openExchanges()).isZero();
        assertThat(to(busy).handledBy(front).status()).isEqualTo(200);
    }

    @Test
    void requestsForNothingTakeNoPlaces() {
        release.countDown();
        for (int i = 0; i < 10; i++) {
            assertThat(to("i0000000000000000000").handledBy(front).status()).isEqualTo(502);
            assertThat(to("gone" + i).handledBy(front).status()).isEqualTo(502);
        }
        assertThat(front.openExchanges()).isZero();
        assertThat(to(busy).handledBy(front).status()).isEqualTo(200);
    }

    @Test
    void theLimitsFollowFromTheHeap() {
        assertThat(FrontLimits.ofHeap(192 << 20).withSandboxes()).isBetween(2500, 10_000);
        assertThat(FrontLimits.ofHeap(1).withSandboxes()).isEqualTo(1000);
        assertThat(FrontLimits.ofHeap(Long.MAX_VALUE).withSandboxes()).isEqualTo(100_000);
        assertThat(FrontLimits.ofHeap(1).perSandbox()).isEqualTo(2500);
    }
}
