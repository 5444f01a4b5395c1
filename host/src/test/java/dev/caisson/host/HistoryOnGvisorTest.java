package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.SandboxId;
import dev.caisson.guest.ProcessEvent;
import dev.caisson.guest.SpawnRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.LogEntry;
import dev.caisson.node.LogLevel;
import dev.caisson.node.LogQuery;
import dev.caisson.node.Node;
import dev.caisson.node.UsageSample;
import dev.caisson.node.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is remembered of real sandboxes. */
@Tag("root")
class HistoryOnGvisorTest {
    private static final String OWNER = RealMachine.request(Duration.ofMinutes(5)).owner();
    private static final int LOOKS = 1000;
    private static final long HUNDRED_MEGABYTES = 100_000_000;

    private RealMachine machine;

    @BeforeEach
    void make() throws Exception {
        machine = RealMachine.make();
    }

    @AfterEach
    void close() throws Exception {
        machine.close();
    }

    @Test
    void workShowsInTheSamplesAndTheyOutliveTheSandboxAndTheServer() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var info = host.create(RealMachine.request(Duration.ofMinutes(5)));

        soon().until(() -> !samples(host, info.id()).isEmpty());
        var first = samples(host, info.id()).getFirst();
        assertThat(Duration.between(info.started(), first.at())).isLessThan(Duration.ofSeconds(10));
        assertThat(first.cpus()).isEqualTo(info.cpus());
        assertThat(first.cpuPercent()).isBetween(0.01, 100.0);
        assertThat(first.memoryUsed()).isBetween(1L << 20, info.memoryBytes());
        assertThat(first.memoryTotal()).isEqualTo(info.memoryBytes());
        assertThat(first.diskTotal()).isBetween(info.diskBytes() / 2, info.diskBytes());
        assertThat(first.diskUsed()).isBetween(1L, first.diskTotal() / 2);
        printCost(host, info.id());

        run(host, info.id(), "head -c " + HUNDRED_MEGABYTES + " /dev/zero > ~/file && head -c " + HUNDRED_MEGABYTES
                + " /dev/zero > /dev/shm/file && { (while :; do :; done) > /dev/null 2>&1 & }");

        soon().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(samples(host, info.id()).getLast()).satisfies(sample -> {
            assertThat(sample.cpuPercent()).isGreaterThan(10);
            assertThat(sample.memoryUsed() - first.memoryUsed()).isGreaterThan(HUNDRED_MEGABYTES * 9 / 10);
            assertThat(sample.diskUsed() - first.diskUsed()).isBetween(HUNDRED_MEGABYTES * 9 / 10, 2 * HUNDRED_MEGABYTES);
        }));
        assertThat(host.usageHistory().team(OWNER, all())).isNotEmpty().last().satisfies(
                sample -> assertThat(sample.sandboxes()).isOne());
        host.setDeadline(info.id(), Instant.now().plusSeconds(300));
        host.kill(info.id(), EndCause.REQUEST);
        var kept = samples(host, info.id());
        assertThat(messages(host, info.id())).hasSize(3);
        machine.stop();

        var next = machine.open(HostConfig.defaults());

        assertThat(samples(next, info.id())).isEqualTo(kept);
        assertThat(next.usageHistory().latest(OWNER, info.id())).contains(kept.getLast());
        assertThat(next.usageHistory().latest("another", info.id())).isEmpty();
        assertThat(messages(next, info.id())).satisfiesExactly(
                created -> assertThat(created).isEqualTo("Sandbox created"),
                moved -> assertThat(moved).startsWith("Timeout changed"),
                killed -> assertThat(killed).isEqualTo("Sandbox ended: it was killed"));
        machine.assertNoSandboxIsLeft();
    }

    @Test
    void anAdoptedSandboxIsSampledOn() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var info = host.create(RealMachine.request(Duration.ofMinutes(5)));
        soon().until(() -> !samples(host, info.id()).isEmpty());
        machine.stop();

        var next = machine.open(HostConfig.defaults());

        var before = samples(next, info.id());
        assertThat(before).isNotEmpty();
        soon().untilAsserted(() -> assertThat(samples(next, info.id())).hasSizeGreaterThan(before.size()).startsWith(
                before.toArray(UsageSample[]::new)));
    }

    private static void printCost(Host host, SandboxId id) {
        var began = System.nanoTime();
        for (int i = 0; i < LOOKS; i++) {
            assertThat(host.usage(id).tasks()).isPositive();
        }
        System.out.printf("looking at what a sandbox uses: %d µs%n", (System.nanoTime() - began) / LOOKS / 1000);
    }

    private static List<UsageSample> samples(Node node, SandboxId id) {
        return node.usageHistory().samples(OWNER, id, all());
    }

    private static Window all() {
        return new Window(Instant.EPOCH, Instant.MAX, Duration.ZERO);
    }

    private static List<String> messages(Node node, SandboxId id) {
        return node.logs().read(OWNER, id, new LogQuery(Instant.EPOCH, Instant.MAX, false, 100, LogLevel.DEBUG, "")).stream()
                .map(LogEntry::message)
                .toList();
    }

    private static void run(Host host, SandboxId id, String line) {
        var request = new SpawnRequest(
                "sh", List.of("-c", line), Map.of(), Optional.empty(), "", Optional.empty(), false, Optional.empty());
        try (var process = host.agent(id).spawn(request)) {
            assertThat(process.next(Duration.ofSeconds(30))).get().isInstanceOf(ProcessEvent.Exited.class);
        }
    }
}
