package dev.caisson.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.caisson.base.Category;
import dev.caisson.linux.LoopDevices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Starting: what comes up, and that a start that fails leaves nothing. */
public abstract class StartContract extends EngineContract {
    @Test
    void startsASandboxWhoseFirstProcessTheHostReaches() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);

        assertThat(sandbox.id()).isEqualTo(spec.id());
        assertThat(sandbox.handle().engine()).isEqualTo(engine.info().name());
        assertThat(sandbox.handle().build()).isEqualTo(engine.info().build());
        assertThat(sandbox.handle().process().isAlive()).isTrue();
        assertThat(slot.ask("environment GREETING")).isEqualTo("hello");
        assertThat(slot.ask("hostname")).isEqualTo("box");
        assertThat(slot.ask("cat /etc/release")).isEqualTo("bottom");
        assertThat(engine.remains()).containsExactly(spec.id());
    }

    @Test
    void severalStartAtOnceAndShareLayers() throws Exception {
        var slots = new ArrayList<TestSlot>();
        var starts = new ArrayList<Callable<EngineSandbox>>();
        for (int i = 0; i < 6; i++) {
            var slot = machine.slot();
            slots.add(slot);
            var spec = machine.spec(slot);
            starts.add(() -> engine.start(spec));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var started : threads.invokeAll(starts)) {
                assertThat(started.get().handle().process().isAlive()).isTrue();
            }
        }
        slots.forEach(EngineContract::awaitAnswer);
        assertThat(LoopDevices.attachedBelow(folder)).hasSizeLessThanOrEqualTo(2);
        assertThat(engine.remains()).hasSize(6);
    }

    @Test
    void aSecondStartOfTheSameIdIsRefusedAndHarmsNotTheFirst() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        start(spec, slot);
        assertThatThrownBy(() -> engine.start(spec)).isInstanceOfSatisfying(EngineException.class,
                e -> assertThat(e.category()).isEqualTo(Category.CONFLICT));
        assertThat(slot.ask("ping")).isEqualTo("pong");
    }

    @Test
    void aStartWithoutALayerLeavesNothing() throws Exception {
        var spec = machine.spec(machine.slot());
        assertFailedStartLeavesNothing(new SandboxSpec(spec.id(), List.of(Layer.erofs(folder.resolve("none.erofs"))), spec.disk(), spec.namespace(),
                spec.limits(), spec.arguments(), spec.environment(), spec.hostname()));
    }

    @Test
    void aStartWithABrokenDiskLeavesNothing() throws Exception {
        var spec = machine.spec(machine.slot());
        Files.write(spec.disk(), new byte[1 << 16]);
        assertFailedStartLeavesNothing(spec);
    }

    @Test
    void aStartWithoutANamespaceLeavesNothing() throws Exception {
        var spec = machine.spec(machine.slot());
        assertFailedStartLeavesNothing(new SandboxSpec(spec.id(), spec.layers(), spec.disk(), Path.of("/run/netns/none"),
                spec.limits(), spec.arguments(), spec.environment(), spec.hostname()));
    }

    @Test
    void aStartOfAProgramThatDoesNotExistLeavesNothing() throws Exception {
        var spec = machine.spec(machine.slot());
        assertFailedStartLeavesNothing(new SandboxSpec(spec.id(), spec.layers(), spec.disk(), spec.namespace(),
                spec.limits(), List.of("/none"), spec.environment(), spec.hostname()));
    }

    private void assertFailedStartLeavesNothing(SandboxSpec spec) {
        var failure = catchThrowable(() -> engine.start(spec));
        assertThat(failure).isInstanceOf(EngineException.class).hasMessageContaining(spec.id());
        assertThat(engine.remains()).isEmpty();
        assertThat(failure).message().doesNotContain("/");
    }
}
