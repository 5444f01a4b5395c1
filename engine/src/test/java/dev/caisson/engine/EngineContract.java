package dev.caisson.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every engine does, by themes: a subclass of each {@code …Contract} says how to open one, and after each test nothing of it
 * may be left on the machine. This class is what the themes share.
 */
@Tag("root")
public abstract class EngineContract {
    protected static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    static Path folder;

    private static TestGuest guest;

    protected TestMachine machine;
    protected Engine engine;

    /** Opens the engine for an installation, as a server that starts does. */
    protected abstract Engine open(Installation installation);

    @BeforeAll
    static void packGuest() throws IOException {
        guest = TestGuest.in(folder);
    }

    @BeforeEach
    void openEngine() throws IOException {
        machine = new TestMachine(guest);
        engine = open(machine.installation());
    }

    @AfterEach
    void leavesNothing() throws IOException {
        try {
            engine.remains().forEach(engine::remove);
            engine.close();
            machine.assertClean();
        } finally {
            machine.close();
        }
    }

    /** As after a restart of the server: what the first object knew is lost. */
    protected final Engine reopened() {
        engine.close();
        engine = open(machine.installation());
        return engine;
    }

    protected final EngineSandbox start(SandboxSpec spec, TestSlot slot) {
        var sandbox = engine.start(spec);
        awaitAnswer(slot);
        return sandbox;
    }

    protected static void awaitAnswer(TestSlot slot) {
        Awaitility.await().pollInterval(Duration.ofMillis(10)).atMost(SOON).until(slot::answers);
    }

    /** Pauses it and saves it to a new folder of the installation. */
    protected final SavedMemory saved(EngineSandbox sandbox) {
        return saved(sandbox, "memory-" + sandbox.id());
    }

    protected final SavedMemory saved(EngineSandbox sandbox, String name) {
        sandbox.pause();
        var folder = machine.installation().data().resolve(name);
        sandbox.saveMemory(folder);
        return new SavedMemory(folder, sandbox.handle().build());
    }

    /** Restores it and waits until it answers. */
    protected final EngineSandbox restored(SandboxSpec spec, TestSlot slot, SavedMemory memory) {
        slot.readdress();
        var sandbox = engine.restore(spec, memory);
        awaitAnswer(slot);
        return sandbox;
    }

    static void assertFails(ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(Exception.class);
    }

    protected static void assertCategory(ThrowableAssert.ThrowingCallable call, Category category) {
        assertThatThrownBy(call).isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.category()).isEqualTo(category));
    }
}
