package dev.caisson.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.linux.FileCopies;
import dev.caisson.linux.LoopDevices;
import java.util.ArrayList;
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

    /** What a child wrote lies above what its parent wrote. */
    @Test
    void aCopyOfACopyGoesOn() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        slot.ask("put /first content");
        slot.ask("put /both first");
        slot.ask("count");
        var memory = saved(sandbox);
        engine.release(spec.id());

        var childSlot = machine.slot();
        var child = machine.copy(spec, childSlot, with(Layer.disk(spec.disk()), spec.layers()), machine.disk());
        var restored = restored(child, childSlot, memory);
        childSlot.ask("put /second content");
        childSlot.ask("put /both second");
        childSlot.ask("count");
        var later = saved(restored);
        engine.release(child.id());

        var grandchildSlot = machine.slot();
        restored(machine.copy(spec, grandchildSlot, with(Layer.disk(child.disk()), child.layers()), machine.disk()), grandchildSlot, later);
        assertThat(grandchildSlot.ask("count")).isEqualTo("3");
        assertThat(grandchildSlot.ask("cat /first")).isEqualTo("content");
        assertThat(grandchildSlot.ask("cat /second")).isEqualTo("content");
        assertThat(grandchildSlot.ask("cat /both")).isEqualTo("second");
        assertThat(grandchildSlot.ask("cat /etc/release")).isEqualTo("bottom");
    }

    /** A deletion, a folder in the place of another one and a renamed one hide the same below a third one's changes. */
    @Test
    void whatWasDeletedAndRenamedStaysSoInALayer() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        start(spec, slot);
        assertThat(slot.ask("remove /etc/release")).isEqualTo("0");
        assertThat(slot.ask("unfolder /etc")).isEqualTo("removed");
        assertThat(slot.ask("folder /etc")).isEqualTo("made");
        assertThat(slot.ask("rename /usr/share /shared")).isEqualTo("renamed");
        engine.release(spec.id());

        var other = machine.slot();
        start(machine.copy(spec, other, with(Layer.disk(spec.disk()), spec.layers()), machine.disk()), other);
        assertThat(other.ask("cat /etc/release")).isEqualTo("! ENOENT");
        assertThat(other.ask("cat /shared/words")).isEqualTo("words");
        assertThat(other.ask("cat /usr/share/words")).isEqualTo("! ENOENT");
        assertThat(other.ask("put /etc/release new")).isEqualTo("put");
        assertThat(other.ask("rename /shared /usr/share")).isEqualTo("renamed");
        assertThat(other.ask("cat /usr/share/words")).isEqualTo("words");
    }

    @Test
    void aCopyOfAPausedSandboxsDiskIsALayerWhileItGoesOn() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        slot.ask("hold /notes");
        slot.ask("append before");
        slot.ask("count");
        sandbox.pause();
        var memory = new SavedMemory(machine.installation().data().resolve("memory"), sandbox.handle().build());
        sandbox.saveMemory(memory.folder(), Durability.WRITTEN);
        sandbox.flushDisk(Durability.WRITTEN);
        var frozen = machine.installation().data().resolve("frozen.img");
        FileCopies.copy(spec.disk(), frozen);
        sandbox.resume();
        memory.flush();
        awaitAnswer(slot);
        slot.ask("append -parent");

        var other = machine.slot();
        restored(machine.copy(spec, other, with(Layer.disk(frozen), spec.layers()), machine.disk()), other, memory);
        assertThat(other.ask("append -child")).isEqualTo("6");
        assertThat(other.ask("held")).isEqualTo("before-child");
        assertThat(other.ask("count")).isEqualTo("2");
        assertThat(slot.ask("held")).isEqualTo("before-parent");

        // The copy is also a disk to go on with.
        var third = machine.slot();
        var thawed = machine.installation().data().resolve("thawed.img");
        FileCopies.copy(frozen, thawed);
        restored(machine.copy(spec, third, spec.layers(), thawed), third, memory);
        assertThat(third.ask("append -third")).isEqualTo("6");
        assertThat(third.ask("held")).isEqualTo("before-third");
    }

    @Test
    void aLayerThatNobodyUsesAnyMoreGivesItsSpaceBack() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        start(spec, slot);
        engine.release(spec.id());
        var other = machine.slot();
        var copy = machine.copy(spec, other, with(Layer.disk(spec.disk()), spec.layers()), machine.disk());
        start(copy, other);
        assertThat(LoopDevices.attachedBelow(machine.installation().data())).contains(spec.disk());
        engine.remove(copy.id());
        Awaitility.await().atMost(SOON).until(() -> !LoopDevices.attachedBelow(machine.installation().data()).contains(spec.disk()));
        machine.assertDiskClean(spec.disk());
    }

    @Test
    void upToThirtyTwoLayersLieOnEachOther() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        start(spec, slot);
        slot.ask("put /file content");
        engine.release(spec.id());
        var layers = new ArrayList<>(spec.layers());
        while (layers.size() < 32) {
            var copy = machine.installation().data().resolve("layer-" + layers.size() + ".img");
            FileCopies.copy(spec.disk(), copy);
            layers.addFirst(Layer.disk(copy));
        }
        var other = machine.slot();
        start(machine.copy(spec, other, layers, machine.disk()), other);
        assertThat(other.ask("cat /file")).isEqualTo("content");

        layers.addFirst(Layer.disk(spec.disk()));
        var tooMany = machine.copy(spec, machine.slot(), layers, machine.disk());
        assertCategory(() -> engine.start(tooMany), Category.INVALID);
        assertThat(engine.remains()).hasSize(1);
    }

    @Test
    void aDiskThatNoSandboxWroteToIsNoLayer() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        assertThatThrownBy(() -> engine.start(machine.copy(spec, slot, with(Layer.disk(machine.disk()), spec.layers()), spec.disk())))
                .isInstanceOf(EngineException.class);
        assertThat(engine.remains()).isEmpty();
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
