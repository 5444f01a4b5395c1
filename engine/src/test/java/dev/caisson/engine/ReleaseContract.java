package dev.caisson.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.linux.LoopDevices;
import dev.caisson.linux.Mounts;
import dev.caisson.linux.Signals;
import dev.caisson.linux.Signals.Signal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Taking a sandbox off the machine whose disk is used again: whatever its state, the disk is clean and free. */
public abstract class ReleaseContract extends EngineContract {

    @Test
    void whatASandboxWroteIsOnItsDisk() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        slot.ask("put /file content");
        slot.ask("fill /big " + (64L << 20));
        engine.release(spec.id());
        assertReleased(spec);
        assertThat(sandbox.exited().toCompletableFuture()).succeedsWithin(SOON);

        slot.readdress();
        start(spec, slot);
        assertThat(slot.ask("cat /file")).isEqualTo("content");
        assertThat(slot.ask("fill /big 1")).isEqualTo("1 ok");
    }

    @Test
    void itMayBeRepeatedAndNeedsNoSandbox() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        start(spec, slot);
        engine.release(spec.id());
        engine.release(spec.id());
        engine.remove(spec.id());
        engine.release("i0000000000000000000");
        assertReleased(spec);
        for (var wrong : List.of("", "..", "a/b", "A")) {
            assertThatThrownBy(() -> engine.release(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aPausedAndADeadOneAreReleased() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        slot.ask("fill /big " + (16L << 20));
        sandbox.pause();
        Signals.send(sandbox.handle().process(), Signal.KILL);
        engine.release(spec.id());
        assertReleased(spec);

        slot.readdress();
        start(spec, slot).pause();
        engine.release(spec.id());
        assertReleased(spec);
    }

    @Test
    void oneOfAnEarlierServerThatIsHalfGoneIsReleased() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        slot.ask("fill /big " + (16L << 20));
        var later = reopened();
        Signals.send(sandbox.handle().process(), Signal.KILL);
        assertThat(Mounts.detach(mounted("overlay"))).isTrue();
        later.release(spec.id());
        assertReleased(spec);
    }

    @Test
    void aDiskThatAnotherProgramUsesIsReleasedByALaterCall() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        start(spec, slot);
        slot.ask("put /file content");
        try (var open = Files.newInputStream(mounted("ext4").resolve("upper/file"))) {
            assertThatThrownBy(() -> engine.release(spec.id())).isInstanceOf(EngineException.class).hasMessageContaining(spec.id());
            assertThat(open.read()).isEqualTo('c');
            assertThat(engine.remains()).containsExactly(spec.id());
        }
        engine.release(spec.id());
        assertReleased(spec);
    }

    /** Those that start while it runs keep copies of its mounts, without knowing or wanting it. */
    @Test
    void aDiskIsFreeThoughOthersStartedMeanwhile() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        start(spec, slot);
        var other = machine.slot();
        start(machine.spec(other), other);
        engine.release(spec.id());
        assertThat(LoopDevices.attachedBelow(machine.installation().data())).doesNotContain(spec.disk());
        machine.assertDiskClean(spec.disk());
        assertThat(other.answers()).isTrue();
    }

    private Path mounted(String type) {
        return Mounts.below(machine.installation().run()).stream().filter(mount -> mount.type().equals(type)).findFirst().orElseThrow().point();
    }

    private void assertReleased(SandboxSpec spec) {
        assertThat(engine.remains()).isEmpty();
        assertThat(LoopDevices.attachedBelow(machine.installation().data())).isEmpty();
        machine.assertDiskClean(spec.disk());
    }
}
