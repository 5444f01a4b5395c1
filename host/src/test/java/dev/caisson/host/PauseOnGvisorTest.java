package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.guest.ProcessEvent;
import dev.caisson.guest.ProcessSelector;
import dev.caisson.guest.SpawnRequest;
import dev.caisson.linux.LoopDevices;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.Ingress;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.NodeException;
import dev.caisson.node.Pause;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pause and resume with nothing replaced. */
@Tag("root")
class PauseOnGvisorTest {
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ResumeRequest RESUME = new ResumeRequest(LIFE);
    private static final PauseRequest FILES = new PauseRequest(false, false);
    private static final int PORT = 8099;

    /** Counts in memory and sends every number to whoever is connected at that moment, each at most once. */
    private static final String COUNTER = """
            import socket, time
            server = socket.create_server(("0.0.0.0", %d))
            server.setblocking(False)
            number, client = 0, None
            while True:
                try:
                    client = server.accept()[0]
                except BlockingIOError:
                    pass
                number += 1
                if client:
                    try:
                        client.sendall(b"%%d\\n" %% number)
                    except OSError:
                        client = None
                time.sleep(0.001)
            """.formatted(PORT);

    private RealMachine machine;

    @BeforeEach
    void make() throws IOException {
        machine = RealMachine.make();
    }

    @AfterEach
    void close() throws IOException {
        machine.close();
    }

    private static SpawnRequest command(String program, List<String> arguments, Optional<String> tag) {
        return new SpawnRequest(program, arguments, Map.of(), Optional.empty(), "", tag, false, Optional.empty());
    }

    /** Runs a line of shell as the default user and gives what it prints. */
    private static String output(Host host, SandboxId id, String line) {
        var text = new StringBuilder();
        try (var process = host.agent(id).spawn(command("sh", List.of("-c", line), Optional.empty()))) {
            while (true) {
                switch (process.next(PATIENCE).orElseThrow()) {
                    case ProcessEvent.Output(var source, var data) -> text.append(new String(data, StandardCharsets.UTF_8));
                    case ProcessEvent.Exited exited -> {
                        assertThat(exited.code()).as("exit code of '%s', which said: %s", line, text).isZero();
                        return text.toString().strip();
                    }
                }
            }
        }
    }

    private static String bootId(Host host, SandboxId id) {
        return output(host, id, "cat /proc/sys/kernel/random/boot_id");
    }

    private static void startTicker(Host host, SandboxId id) {
        host.agent(id).spawn(HostProcess.TICKER).close();
    }

    /** Numbers that the ticker prints, from the first that is remembered on, as many as there are and some new ones. */
    private static List<Integer> ticks(Host host, SandboxId id, int atLeast) {
        var text = new StringBuilder();
        try (var process = host.agent(id).attach(new ProcessSelector.ByTag("ticker"), 0)) {
            while (text.chars().filter(c -> c == '\n').count() < atLeast) {
                if (process.next(PATIENCE).orElseThrow() instanceof ProcessEvent.Output(var source, var data)) {
                    text.append(new String(data, StandardCharsets.UTF_8));
                }
            }
        }
        return text.substring(0, text.lastIndexOf("\n")).lines().map(line -> Integer.valueOf(line.substring("tick ".length()))).toList();
    }

    private static void assertConsecutive(List<Integer> numbers) {
        for (var i = 1; i < numbers.size(); i++) {
            assertThat(numbers.get(i)).isEqualTo(numbers.get(i - 1) + 1);
        }
    }

    private void assertThatNothingRuns() {
        assertThat(machine.processesOfSandboxes()).as("processes").isEmpty();
        assertThat(LoopDevices.attachedBelow(machine.installation().sandboxes())).as("loop devices").isEmpty();
    }

    @Test
    void processesFilesAndServicesGoOn() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var info = host.create(RealMachine.request(LIFE));
        var id = info.id();
        output(host, id, "echo kept > ~/file; echo volatile > /dev/shm/file");
        startTicker(host, id);
        host.agent(id).spawn(command("python3", List.of("-m", "http.server", "8000", "-d", "/home/user"), Optional.of("http"))).close();
        soon().untilAsserted(() -> output(host, id, "curl -sf http://127.0.0.1:8000/file"));
        var boot = bootId(host, id);
        var before = ticks(host, id, 3);

        var paused = host.pause(id, PauseRequest.USUAL);

        assertThat(paused.pause()).isEqualTo(new Pause(Pause.Saved.MEMORY, true));
        assertThatNothingRuns();
        assertThat(host.list()).containsExactly(paused);

        var resumed = host.resume(id, RESUME);

        var now = Instant.now();
        var inside = Instant.ofEpochMilli(Long.parseLong(output(host, id, "date +%s%3N")));
        assertThat(Duration.between(now, inside).abs()).as("its clock").isLessThan(Duration.ofSeconds(5));
        assertThat(resumed.run()).isEqualTo(2);
        assertThat(bootId(host, id)).isEqualTo(boot);
        assertThat(output(host, id, "cat ~/file /dev/shm/file")).isEqualTo("kept\nvolatile");
        assertThat(output(host, id, "curl -sf http://127.0.0.1:8000/file")).isEqualTo("kept");
        host.dial(id, 8000).close();
        var after = ticks(host, id, before.size() + 3);
        assertThat(after).startsWith(before.toArray(Integer[]::new));
        assertConsecutive(after);
        assertThat(host.agent(id).processes()).extracting(process -> process.request().tag().orElse(""))
                .containsExactlyInAnyOrder("ticker", "http");
        assertThat(output(host, id, "echo $E2B_SANDBOX_ID")).isEqualTo(id.value());
    }

    @Test
    void nothingThatIsSeenOutsideHappensTwice() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var id = host.create(RealMachine.request(LIFE)).id();
        host.agent(id).spawn(command("python3", List.of("-c", COUNTER), Optional.of("counter"))).close();
        soon().ignoreExceptions().untilAsserted(() -> host.dial(id, PORT).close());

        var seen = new ArrayList<Integer>();
        for (var round = 0; round < 4; round++) {
            var stream = host.dial(id, PORT);
            var lines = new BufferedReader(new InputStreamReader(stream.input(), StandardCharsets.US_ASCII));
            for (var i = 0; i < 20; i++) {
                seen.add(Integer.valueOf(lines.readLine()));
            }
            var rest = new FutureTask<>(() -> readToTheEnd(lines, seen));
            Thread.ofVirtual().start(rest);
            host.pause(id, PauseRequest.USUAL);
            rest.get();
            host.resume(id, RESUME);
        }

        assertThat(seen).doesNotHaveDuplicates();
        var sorted = new ArrayList<>(seen);
        Collections.sort(sorted);
        assertThat(seen).isEqualTo(sorted);
    }

    /** Until the connection is cut; half a number at its end does not count. */
    private static boolean readToTheEnd(BufferedReader lines, List<Integer> seen) {
        try {
            var line = new StringBuilder();
            for (var next = lines.read(); next >= 0; next = lines.read()) {
                if (next == '\n') {
                    seen.add(Integer.valueOf(line.toString()));
                    line.setLength(0);
                } else {
                    line.append((char) next);
                }
            }
            return true;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void fromItsFilesItBootsAnew() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var id = host.create(RealMachine.request(LIFE)).id();
        output(host, id, "echo kept > ~/file; sync");
        startTicker(host, id);
        var boot = bootId(host, id);

        assertThat(host.pause(id, FILES).pause()).isEqualTo(new Pause(Pause.Saved.FILES, true));
        assertThatNothingRuns();
        host.resume(id, RESUME);

        assertThat(bootId(host, id)).isNotEqualTo(boot);
        assertThat(output(host, id, "cat ~/file")).isEqualTo("kept");
        assertThat(host.agent(id).processes()).isEmpty();
        assertThat(output(host, id, "echo $E2B_SANDBOX_ID")).isEqualTo(id.value());
    }

    @Test
    void aSavedMemoryCanBeLeftBehindForABoot() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var id = host.create(RealMachine.request(LIFE)).id();
        output(host, id, "echo kept > ~/file");
        var boot = bootId(host, id);
        host.pause(id, PauseRequest.USUAL);

        host.resume(id, new ResumeRequest(LIFE, false, false, Optional.empty()));

        assertThat(bootId(host, id)).isNotEqualTo(boot);
        assertThat(output(host, id, "cat ~/file")).isEqualTo("kept");
    }

    @Test
    void tenTimesInARow() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var id = host.create(RealMachine.request(LIFE)).id();
        startTicker(host, id);
        var boot = bootId(host, id);
        output(host, id, "head -c 20000000 /dev/urandom > /dev/shm/noise; md5sum < /dev/shm/noise > ~/sum");

        for (var round = 1; round <= 10; round++) {
            output(host, id, "echo " + round + " >> ~/rounds");
            host.pause(id, PauseRequest.USUAL);
            assertThat(host.resume(id, RESUME).run()).isEqualTo(round + 1);
        }

        assertThat(bootId(host, id)).isEqualTo(boot);
        assertThat(output(host, id, "md5sum < /dev/shm/noise | cmp - ~/sum && wc -l < ~/rounds")).isEqualTo("10");
        assertConsecutive(ticks(host, id, 20));
    }

    @Test
    void aPausedSandboxOutlivesTheServer() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var id = host.create(RealMachine.request(LIFE)).id();
        startTicker(host, id);
        var before = ticks(host, id, 3);
        var paused = host.pause(id, PauseRequest.USUAL);
        machine.stop();

        var next = machine.open(HostConfig.defaults());

        assertThat(next.list()).containsExactly(paused);
        assertThat(next.repairReport().repaired()).isEmpty();
        next.resume(id, RESUME);
        assertThat(ticks(next, id, before.size() + 3)).startsWith(before.toArray(Integer[]::new));
        machine.stop();
        assertThat(machine.open(HostConfig.defaults()).find(id)).get().extracting(SandboxInfo::run).isEqualTo(2);
    }

    @Test
    void oneThatAServerLeftStandingStillGoesOn() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var info = host.create(RealMachine.request(LIFE));
        startTicker(host, info.id());
        machine.standStill(info.id());
        machine.stop();

        var next = machine.open(HostConfig.defaults());

        assertThat(next.list()).containsExactly(info);
        var count = ticks(next, info.id(), 1).size();
        assertConsecutive(ticks(next, info.id(), count + 3));
    }

    @Test
    void whatRanBeforeItsResumeFailedIsSavedAgainAndGoesOnFromThere() throws Exception {
        var host = machine.open(
                HostConfig.defaults(), new FaultPoint("write that it runs again", FaultPoint.Moment.BEFORE, FaultPoint.Kind.FAIL));
        var id = host.create(RealMachine.request(LIFE)).id();
        startTicker(host, id);
        var before = ticks(host, id, 3);
        host.pause(id, PauseRequest.USUAL);

        assertThatThrownBy(() -> host.resume(id, RESUME)).isInstanceOf(NodeException.class).hasMessageContaining("fault");

        assertThat(host.find(id)).get().extracting(SandboxInfo::pause).isEqualTo(new Pause(Pause.Saved.MEMORY, true));
        assertThatNothingRuns();
        assertThat(host.resume(id, RESUME).run()).isEqualTo(2);
        var after = ticks(host, id, before.size() + 3);
        assertThat(after).startsWith(before.toArray(Integer[]::new));
        assertConsecutive(after);
    }

    @Test
    void aServerThatDiesInAResumeLosesNothing() throws Exception {
        var fault = new FaultPoint("connect its restored agent", FaultPoint.Moment.BEFORE, FaultPoint.Kind.DIE);
        var usual = HostConfig.defaults().patience();
        var host = machine.open(
                HostConfig.defaults().with(new HostConfig.Patience(
                        usual.turn(), usual.slot(), usual.link(), usual.kill(), Duration.ofMillis(50), usual.firstRetry(),
                        usual.lastRetry())),
                fault);
        var id = host.create(RealMachine.request(LIFE)).id();
        startTicker(host, id);
        var before = ticks(host, id, 3);
        host.pause(id, PauseRequest.USUAL);
        Thread.ofVirtual().start(() -> host.resume(id, RESUME));
        soon().until(fault::wasHit);
        machine.stop();

        var next = machine.open(HostConfig.defaults());

        assertThat(next.find(id)).get().extracting(SandboxInfo::pause).isEqualTo(new Pause(Pause.Saved.MEMORY, true));
        assertThat(next.repairReport().repaired()).singleElement().asString().contains(id.value(), "paused again");
        assertThatNothingRuns();
        next.resume(id, RESUME);
        var after = ticks(next, id, before.size() + 3);
        assertThat(after).startsWith(before.toArray(Integer[]::new));
        assertConsecutive(after);
    }

    @Test
    void aServerThatDiesBetweenASaveAndItsJournalLosesNothing() throws Exception {
        var fault = new FaultPoint("write that it is paused", FaultPoint.Moment.BEFORE, FaultPoint.Kind.DIE);
        var usual = HostConfig.defaults().patience();
        var host = machine.open(
                HostConfig.defaults().with(new HostConfig.Patience(
                        usual.turn(), usual.slot(), usual.link(), usual.kill(), Duration.ofMillis(50), usual.firstRetry(),
                        usual.lastRetry())),
                fault);
        var info = host.create(RealMachine.request(LIFE));
        startTicker(host, info.id());
        var before = ticks(host, info.id(), 3);
        Thread.ofVirtual().start(() -> host.pause(info.id(), PauseRequest.USUAL));
        soon().until(fault::wasHit);
        machine.stop();

        var next = machine.open(HostConfig.defaults());

        assertThat(next.list()).containsExactly(info);
        assertThat(next.repairReport().repaired()).singleElement().asString().contains("memory-1", "removed");
        var after = ticks(next, info.id(), before.size() + 3);
        assertThat(after).startsWith(before.toArray(Integer[]::new));
        assertConsecutive(after);
    }

    @Test
    void aKillWhileItIsPausedOrBeingPausedLeavesNothing() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var paused = host.create(RealMachine.request(LIFE)).id();
        host.pause(paused, PauseRequest.USUAL);
        assertThat(host.kill(paused, EndCause.REQUEST)).isTrue();
        machine.assertNoSandboxIsLeft();

        var id = host.create(RealMachine.request(LIFE)).id();
        output(host, id, "head -c 100000000 /dev/urandom > /dev/shm/noise");
        var pause = new FutureTask<>(() -> host.pause(id, PauseRequest.USUAL));
        Thread.ofVirtual().start(pause);
        soon().until(() -> host.find(id).orElseThrow().state() == SandboxInfo.State.PAUSED);

        assertThat(host.kill(id, EndCause.REQUEST)).isTrue();

        assertThat(host.find(id)).isEmpty();
        machine.assertNoSandboxIsLeft();
    }

    @Test
    void itIsPausedAtItsDeadlineAndNobodyReachesIt() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var info = host.create(new CreateRequest(
                "base", Optional.empty(), "team", Duration.ofSeconds(3), true, true, Ingress.OPEN,
                new Lifecycle(Lifecycle.OnTimeout.PAUSE, false, LIFE), Map.of(), Map.of()));

        soon().until(() -> host.find(info.id()).orElseThrow().pause().saved() == Pause.Saved.MEMORY);
        soon().untilAsserted(this::assertThatNothingRuns);

        assertThat(host.ended()).isEmpty();
        assertThatThrownBy(() -> host.agent(info.id())).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
        host.resume(info.id(), RESUME);
        assertThat(output(host, info.id(), "echo on")).isEqualTo("on");
    }
}
