package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.guest.ProcessEvent;
import dev.caisson.guest.ProcessSelector;
import dev.caisson.guest.SpawnRequest;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.linux.Mounts;
import dev.caisson.linux.ProcessIdentity;
import dev.caisson.linux.Signals;
import dev.caisson.node.EndCause;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host with nothing replaced: gVisor, namespaces, the agent, the {@code base} template. */
@Tag("root")
class HostOnGvisorTest {
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private RealMachine machine;

    @BeforeEach
    void make() throws IOException {
        machine = RealMachine.make();
    }

    @AfterEach
    void close() throws IOException {
        machine.close();
    }

    @Test
    void aSandboxRunsACommandAndLeavesNothing() throws Exception {
        var host = machine.open(HostConfig.defaults());

        var info = host.create(RealMachine.request(LIFE));

        assertThat(output(host, info.id(), "echo $E2B_SANDBOX_ID; echo to stderr >&2")).isEqualTo(info.id() + "\n");
        assertThat(host.usage(info.id()).memoryBytes()).isPositive();
        assertThatThrownBy(() -> host.dial(info.id(), 4)).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.UNAVAILABLE));
        assertThat(host.kill(info.id(), EndCause.REQUEST)).isTrue();
        machine.assertNoSandboxIsLeft();
        assertThat(host.status().stuck()).isEmpty();
    }

    @Test
    void tenAtOnceShareNothingAndLeaveNothing() throws Exception {
        var host = machine.open(HostConfig.defaults());

        Abreast.each(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 10, number -> {
            var id = host.create(RealMachine.request(LIFE)).id();
            assertThat(output(host, id, "echo " + number + " > ~/mine; cat ~/mine")).isEqualTo(number + "\n");
            assertThat(host.kill(id, EndCause.REQUEST)).isTrue();
        });

        assertThat(host.ended()).hasSize(10).allSatisfy(end -> assertThat(end.cause()).isEqualTo(EndCause.REQUEST));
        machine.assertNoSandboxIsLeft();
    }

    @Test
    void whatRunsOutlivesTheServerThatIsKilled(@TempDir Path scratch) throws Exception {
        var first = ServerProcess.start(machine.installation(), scratch.resolve("server.log"), 300, 300, 300, 300, 30);
        var sandboxes = first.sandboxes();
        assertThat(sandboxes).hasSize(5);

        first.kill();
        var host = machine.open(HostConfig.defaults());

        assertThat(host.repairReport().adopted()).isEqualTo(5);
        assertThat(host.repairReport().repaired()).isEmpty();
        for (var sandbox : sandboxes.entrySet()) {
            var agent = host.agent(sandbox.getKey());
            assertThat(agent.processes()).singleElement().satisfies(process -> {
                assertThat(process.pid()).isEqualTo(sandbox.getValue());
                assertThat(process.request()).isEqualTo(HostProcess.TICKER);
            });
            try (var stream = agent.attach(new ProcessSelector.ByTag("ticker"), 0)) {
                assertThat(stream.next(PATIENCE)).containsInstanceOf(ProcessEvent.Output.class);
            }
            assertThat(output(host, sandbox.getKey(), "echo $E2B_SANDBOX_ID")).isEqualTo(sandbox.getKey() + "\n");
        }
        soon().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(host.list()).hasSize(4));
        soon().untilAsserted(() -> assertThat(host.ended()).singleElement()
                .satisfies(end -> assertThat(end.cause()).isEqualTo(EndCause.DEADLINE)));
        for (var info : host.list()) {
            host.setDeadline(info.id(), Instant.now().plusMillis(200));
        }
        soon().untilAsserted(() -> assertThat(host.list()).isEmpty());
        machine.assertNoSandboxIsLeft();
    }

    @Test
    void anOrderlyRestartLosesNothingEither() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var info = host.create(RealMachine.request(LIFE));
        output(host, info.id(), "echo kept > ~/file");
        machine.stop();

        var next = machine.open(HostConfig.defaults());

        assertThat(next.list()).containsExactly(info);
        assertThat(output(next, info.id(), "cat ~/file")).isEqualTo("kept\n");
    }

    @Test
    void theDeathOfTheSentryIsNoticed() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var info = host.create(RealMachine.request(LIFE));

        var sentry = sentry(info);
        Signals.send(sentry, Signals.Signal.KILL);
        soon().until(() -> !sentry.isAlive());
        var died = System.nanoTime();
        soon().until(() -> host.find(info.id()).isEmpty());

        System.out.printf("death of a sentry to not found: %d ms%n", Duration.ofNanos(System.nanoTime() - died).toMillis());
        soon().untilAsserted(() -> assertThat(host.ended()).singleElement()
                .satisfies(end -> assertThat(end.cause()).isEqualTo(EndCause.ENGINE_DIED)));
        machine.assertNoSandboxIsLeft();
    }

    @Test
    void aSentryThatIsStoppedIsKilled() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var info = host.create(RealMachine.request(LIFE));
        Signals.send(sentry(info), Signals.Signal.STOP);

        var began = System.nanoTime();
        assertThat(host.kill(info.id(), EndCause.REQUEST)).isTrue();

        System.out.printf("kill of a stopped sentry: %d ms%n", Duration.ofNanos(System.nanoTime() - began).toMillis());
        assertThat(host.find(info.id())).isEmpty();
        machine.assertNoSandboxIsLeft();
    }

    @Test
    void anAgentThatHangsIsNoticed() throws Exception {
        var host = machine.open(HostConfig.defaults().with(new HostConfig.Watching(
                Duration.ofMillis(300), Duration.ofMillis(500), 4, Duration.ofSeconds(1))));
        var info = host.create(RealMachine.request(LIFE));

        Signals.send(sentry(info), Signals.Signal.STOP);

        soon().untilAsserted(() -> assertThat(host.ended()).singleElement()
                .satisfies(end -> assertThat(end.cause()).isEqualTo(EndCause.AGENT_HUNG)));
        machine.assertNoSandboxIsLeft();
    }

    @Test
    void whatDiedWhileNoServerRanIsRecordedAndItsRemainsAreRemoved() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var info = host.create(RealMachine.request(LIFE));
        var sentry = sentry(info);
        machine.stop();
        Signals.send(sentry, Signals.Signal.KILL);
        soon().until(() -> !sentry.isAlive());

        var next = machine.open(HostConfig.defaults());

        assertThat(next.list()).isEmpty();
        assertThat(next.ended()).singleElement().satisfies(end -> assertThat(end.cause()).isEqualTo(EndCause.ENGINE_DIED));
        assertThat(next.repairReport().repaired()).singleElement().asString().contains(info.id().value(), "removed");
        machine.assertNoSandboxIsLeft();
    }

    @Test
    void aFullDiskRefusesNewSandboxesAndKillsOldOnes() throws Exception {
        var host = machine.open(HostConfig.defaults());
        Mounts.tmpfs(machine.installation().sandboxes(), 16L << 20);
        try {
            var info = host.create(RealMachine.request(LIFE));
            fill(machine.installation().sandboxes().resolve("ballast"));

            assertThatThrownBy(() -> host.create(RealMachine.request(LIFE))).isInstanceOfSatisfying(
                    NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.EXHAUSTED));
            assertThatThrownBy(() -> host.setDeadline(info.id(), Instant.now().plus(LIFE))).isInstanceOfSatisfying(
                    NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.EXHAUSTED));
            assertThat(host.find(info.id())).contains(info);
            assertThat(host.kill(info.id(), EndCause.REQUEST)).isTrue();

            Files.delete(machine.installation().sandboxes().resolve("ballast"));
            machine.assertNoSandboxIsLeft();
        } finally {
            Mounts.unmount(machine.installation().sandboxes());
        }
    }

    private ProcessIdentity sentry(SandboxInfo info) {
        var folder = SandboxFolder.of(machine.installation().sandboxes(), info.id());
        return ((SandboxFolder.Reading.Read) folder.read()).journal().engine().orElseThrow().process();
    }

    private static void fill(Path file) throws IOException {
        try (var out = Files.newOutputStream(file)) {
            var block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    /** Runs a line of shell as the default user and gives what it prints. */
    private static String output(Host host, SandboxId id, String line) {
        var request = new SpawnRequest(
                "sh", List.of("-c", line), Map.of(), Optional.empty(), "", Optional.empty(), false, Optional.empty());
        var text = new StringBuilder();
        try (var process = host.agent(id).spawn(request)) {
            while (true) {
                switch (process.next(PATIENCE).orElseThrow()) {
                    case ProcessEvent.Output(var source, var data) when source == ProcessEvent.Source.STDOUT ->
                        text.append(new String(data, StandardCharsets.UTF_8));
                    case ProcessEvent.Output other -> assertThat(other.source()).isEqualTo(ProcessEvent.Source.STDERR);
                    case ProcessEvent.Exited exited -> {
                        assertThat(exited.code()).as("exit code of '%s'", line).isZero();
                        return text.toString();
                    }
                }
            }
        }
    }
}
