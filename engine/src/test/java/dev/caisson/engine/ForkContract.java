package dev.caisson.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.linux.LoopDevices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Several that go on from one: on fresh disks, over the saved one's disk as a layer that nobody writes to. */
public abstract class ForkContract extends EngineContract {

    @Test
    void twoCopiesGoOnAtOnceAndDoNotSeeEachOther() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        slot.ask("put /file before");
        slot.ask("hold /notes");
        slot.ask("append before");
        slot.ask("count");
        var memory = saved(sandbox);
        engine.release(spec.id());

        var layers = with(Layer.disk(spec.disk()), spec.layers());
        var slots = List.of(machine.slot(), machine.slot());
        restoreAll(slots.stream().map(other -> machine.copy(spec, other, layers, machine.disk())).toList(), memory);
        for (var other : slots) {
            awaitAnswer(other);
            assertThat(other.ask("count")).isEqualTo("2");
            assertThat(other.ask("cat /file")).isEqualTo("before");
        }
        slots.getFirst().ask("put /file first");
        slots.getFirst().ask("append -first");
        assertThat(slots.getFirst().ask("held")).isEqualTo("before-first");
        assertThat(slots.getLast().ask("cat /file")).isEqualTo("before");
        assertThat(slots.getLast().ask("held")).isEqualTo("before");
        assertThat(LoopDevices.attachedBelow(machine.installation().data()).stream().filter(spec.disk()::equals)).hasSize(1);
    }

    private void restoreAll(List<SandboxSpec> specs, SavedMemory memory) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var restored = new ArrayList<Future<EngineSandbox>>();
            specs.forEach(spec -> restored.add(threads.submit(() -> engine.restore(spec, memory))));
            for (var each : restored) {
                assertThat(each.get().handle().process().isAlive()).isTrue();
            }
        }
    }

    private static List<Layer> with(Layer top, List<Layer> others) {
        var all = new ArrayList<>(List.of(top));
        all.addAll(others);
        return all;
    }
}
