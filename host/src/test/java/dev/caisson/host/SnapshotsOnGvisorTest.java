package dev.caisson.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.SandboxId;
import dev.caisson.guest.ProcessEvent;
import dev.caisson.guest.ProcessSelector;
import dev.caisson.guest.ProcessStream;
import dev.caisson.guest.SpawnRequest;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.FileChange;
import dev.caisson.node.ForkRequest;
import dev.caisson.node.ForkResult;
import dev.caisson.node.NodeException;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.SnapshotId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Saved states with nothing replaced: gVisor, the agent, disks that become layers. */
@Tag("root")
class SnapshotsOnGvisorTest {
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ProcessSelector TICKER = new ProcessSelector.ByTag("ticker");

    private RealMachine machine;
    private Host host;

    @BeforeEach
    void make() throws IOException {
        machine = RealMachine.make();
        host = machine.open(HostConfig.defaults());
    }

    @AfterEach
    void close() throws IOException {
        for (var snapshot : host.snapshots().list()) {
            host.snapshots().delete(snapshot.id());
        }
        machine.close();
    }

    @Test
    void forksHaveTheMemoryAndFilesOfTheirSourceAndGoTheirOwnWays() {
        var source = host.create(RealMachine.request(LIFE)).id();
        output(source, "echo source > ~/file; mkdir ~/folder; echo kept > ~/folder/kept");
        var machineId = output(source, "cat /etc/machine-id; cat /proc/sys/kernel/random/uuid");
        try (var ticker = host.agent(source).spawn(HostProcess.TICKER)) {
            ticks(ticker, 3);
        }

        var children = made(host.fork(source, new ForkRequest(2, LIFE)));

        for (var child : children) {
            // The same process, which goes on counting where it was.
            try (var ticker = host.agent(child.id()).attach(TICKER, 0)) {
                var ticks = ticks(ticker, 12);
                assertThat(ticks.getFirst()).isEqualTo(1);
                assertThat(ticks).isEqualTo(IntStream.rangeClosed(1, ticks.size()).boxed().toList());
            }
            assertThat(output(child.id(), "cat ~/file ~/folder/kept")).isEqualTo("source\nkept\n");
            assertThat(output(child.id(), "echo $E2B_SANDBOX_ID; cat /run/e2b/.E2B_SANDBOX_ID").lines().map(String::strip))
                    .allMatch(line -> line.equals(child.id().value()));
            assertThat(output(child.id(), "cat /etc/machine-id; cat /proc/sys/kernel/random/uuid").lines())
                    .doesNotContainAnyElementsOf(machineId.lines().toList());
            output(child.id(), "echo " + child.id() + " > ~/file; rm -r ~/folder");
        }
        for (var child : children) {
            assertThat(output(child.id(), "cat ~/file; ls ~")).isEqualTo(child.id() + "\nfile\n");
        }
        assertThat(output(source, "cat ~/file ~/folder/kept")).isEqualTo("source\nkept\n");
        host.kill(source, EndCause.REQUEST);
        // What the source left is still beneath them, also after a restart of the server.
        machine.stop();
        host = open();
        assertThat(host.list()).hasSize(2);
        assertThat(output(children.getFirst().id(), "cat ~/file")).isEqualTo(children.getFirst().id() + "\n");
        var grandchild = made(host.fork(children.getFirst().id(), new ForkRequest(1, LIFE))).getFirst();
        assertThat(output(grandchild.id(), "cat ~/file; ls ~")).isEqualTo(children.getFirst().id() + "\nfile\n");
    }

    @Test
    void aStreamDoesNotNoticeASnapshotAndTheSnapshotOutlivesItsSource() {
        var source = host.create(RealMachine.request(LIFE)).id();
        SnapshotId snapshot;
        try (var ticker = host.agent(source).spawn(HostProcess.TICKER)) {
            var before = ticks(ticker, 3);
            snapshot = host.snapshots().take(source, true).id();
            var after = ticks(ticker, 5);
            assertThat(after).isEqualTo(IntStream.range(before.getLast() + 1, before.getLast() + 1 + after.size()).boxed().toList());
        }
        host.kill(source, EndCause.REQUEST);
        machine.stop();
        host = open();

        var copy = host.create(request(snapshot, Map.of("WANTED", "by the request"))).id();

        try (var ticker = host.agent(copy).attach(TICKER, 0)) {
            assertThat(ticks(ticker, 8).getFirst()).isEqualTo(1);
        }
        assertThat(output(copy, "echo $WANTED")).isEqualTo("by the request\n");
        assertThat(host.snapshots().delete(snapshot)).isTrue();
        assertThat(output(copy, "echo still there")).isEqualTo("still there\n");
    }

    @Test
    void aSandboxIsPutBackToACheckpointInPlace() {
        var info = host.create(RealMachine.request(LIFE));
        var id = info.id();
        output(id, "echo then > ~/file; sh -c 'exec sleep 1000' > /dev/null 2>&1 & echo $! > ~/pid");
        var checkpoint = host.checkpoints().take(id, "then").id();
        output(id, "echo now > ~/file; kill $(cat ~/pid); rm ~/pid; echo more > ~/more");

        var back = host.checkpoints().rollBack(id, checkpoint);

        assertThat(back.id()).isEqualTo(id);
        assertThat(back.deadline()).isEqualTo(info.deadline());
        assertThat(back.run()).isEqualTo(2);
        assertThat(output(id, "cat ~/file; ls ~; kill -0 $(cat ~/pid) && echo runs")).isEqualTo("then\nfile\npid\nruns\n");
        assertThat(output(id, "echo $E2B_SANDBOX_ID")).isEqualTo(id + "\n");
        output(id, "echo again > ~/file");
        host.pause(id, PauseRequest.USUAL);
        machine.stop();
        host = open();
        assertThat(host.checkpoints().rollBack(id, checkpoint).run()).isEqualTo(3);
        assertThat(output(id, "cat ~/file; kill -0 $(cat ~/pid) && echo runs")).isEqualTo("then\nruns\n");
    }

    @Test
    void manyGenerationsBecomeOneLayerInTheBackground() {
        var id = host.create(RealMachine.request(LIFE)).id();
        output(id, "sh -c 'exec sleep 1000' > /dev/null 2>&1 & echo $! > ~/pid");
        SnapshotId last = SnapshotId.random();
        for (var generation = 0; generation <= Flattening.MOST; generation++) {
            output(id, "echo " + generation + " > ~/file; echo x > ~/of-" + generation + "; rm -f ~/of-" + (generation - 2));
            last = host.checkpoints().take(id, "").id();
            host.checkpoints().rollBack(id, last);
        }
        var state = machine.installation().data().resolve("snapshots").resolve(last.value()).resolve("manifest.json");
        Waiting.soon().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(disks(state)).isOne());

        assertThat(host.checkpoints().rollBack(id, last).id()).isEqualTo(id);
        assertThat(output(id, "cat ~/file; ls ~; kill -0 $(cat ~/pid) && echo runs")).isEqualTo("8\nfile\nof-7\nof-8\npid\nruns\n");
        assertThat(diff(id, last, Optional.empty())).isEmpty();
    }

    /** How many frozen disks a state stands on. */
    private static long disks(Path manifest) throws IOException {
        return Pattern.compile("\"[0-9a-f]{8}-[0-9a-f-]{27}\"").matcher(
                Files.readString(manifest).replaceFirst(".*\"layers\":", "").replaceFirst("].*", "")).results().count();
    }

    @Test
    void fromFilesAloneItBoots() {
        var source = host.create(RealMachine.request(LIFE)).id();
        output(source, "echo kept > ~/file; nohup sleep 1000 > /dev/null 2>&1 &");
        var boot = output(source, "cat /proc/sys/kernel/random/boot_id");
        var snapshot = host.snapshots().take(source, false);

        var copy = host.create(request(snapshot.id(), Map.of())).id();

        assertThat(output(copy, "cat ~/file")).isEqualTo("kept\n");
        assertThat(output(copy, "cat /proc/sys/kernel/random/boot_id")).isNotEqualTo(boot);
        assertThat(host.agent(copy).processes()).isEmpty();
        assertThat(output(copy, "echo $E2B_SANDBOX_ID")).isEqualTo(copy + "\n");
    }

    @Test
    void theFilesOfTwoCheckpointsAndOfNowAreCompared() {
        var id = host.create(RealMachine.request(LIFE)).id();
        output(id, "mkdir ~/a ~/gone; echo 1 > ~/a/one; echo 2 > ~/gone/two; sync");
        var first = host.checkpoints().take(id, "first").id();
        output(id, "mv ~/a ~/b; rm -r ~/gone; echo 3 > ~/three");
        var second = host.checkpoints().take(id, "second").id();
        output(id, "echo 4 > ~/b/one");

        assertThat(diff(id, first, Optional.of(second))).containsExactly(
                "REMOVED /home/user/a", "REMOVED /home/user/a/one", "ADDED /home/user/b", "ADDED /home/user/b/one",
                "REMOVED /home/user/gone", "REMOVED /home/user/gone/two", "ADDED /home/user/three");
        assertThat(diff(id, second, Optional.empty())).containsExactly("CHANGED /home/user/b/one");
        assertThat(diff(id, second, Optional.of(second))).isEmpty();
        assertThatThrownBy(() -> diff(id, SnapshotId.random(), Optional.empty())).isInstanceOf(NodeException.class);
        assertThat(host.checkpoints().list(id)).hasSize(2);
    }

    private List<String> diff(SandboxId id, SnapshotId from, Optional<SnapshotId> to) {
        var found = new ArrayList<FileChange>();
        host.checkpoints().diff(id, from, to, found::add);
        return found.stream().map(change -> change.kind() + " " + change.path()).toList();
    }

    private Host open() {
        try {
            return machine.open(HostConfig.defaults());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CreateRequest request(SnapshotId snapshot, Map<String, String> environment) {
        return new CreateRequest(snapshot.value(), "team", LIFE, true, true, Map.of(), environment);
    }

    private static List<SandboxInfo> made(List<ForkResult> results) {
        return results.stream().map(result -> switch (result) {
            case ForkResult.Made(var info) -> info;
            case ForkResult.Failed(var why) -> throw why;
        }).toList();
    }

    /** The next numbers that the ticker prints, at least so many. */
    private static List<Integer> ticks(ProcessStream ticker, int least) {
        var text = new StringBuilder();
        while (text.chars().filter(letter -> letter == '\n').count() < least || text.charAt(text.length() - 1) != '\n') {
            if (ticker.next(PATIENCE).orElseThrow() instanceof ProcessEvent.Output(var source, var data)) {
                text.append(new String(data, StandardCharsets.UTF_8));
            }
        }
        return text.toString().lines().map(line -> Integer.parseInt(line.substring("tick ".length()))).toList();
    }

    /** Runs a line of shell as the default user and gives what it prints. */
    private String output(SandboxId id, String line) {
        var request = new SpawnRequest(
                "sh", List.of("-c", line), Map.of(), Optional.empty(), "", Optional.empty(), false, Optional.empty());
        var text = new StringBuilder();
        try (var process = host.agent(id).spawn(request)) {
            while (true) {
                switch (process.next(PATIENCE).orElseThrow()) {
                    case ProcessEvent.Output(var source, var data) -> text.append(new String(data, StandardCharsets.UTF_8));
                    case ProcessEvent.Exited exited -> {
                        assertThat(exited.code()).as("exit code of '%s', which printed '%s'", line, text).isZero();
                        return text.toString();
                    }
                }
            }
        }
    }
}
