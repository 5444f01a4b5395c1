package dev.caisson.engine;

import dev.caisson.base.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A {@link TestMachine} for measurements of other packages: each sandbox gets a slot of its own beforehand. */
public final class MeasuredMachine implements AutoCloseable {
    private final Path folder = Files.createTempDirectory("caisson-measured");
    private final TestMachine machine = new TestMachine(TestGuest.in(folder));
    private TestSlot slot;

    public MeasuredMachine() throws IOException {
        slot = machine.slot();
    }

    public Installation installation() {
        return machine.installation();
    }

    /** A sandbox with a slot and a disk that were made just now. */
    public SandboxSpec nextSpec() {
        slot = machine.slot();
        return machine.spec(slot, new Limits(2, 512L << 20, 3000));
    }

    /** Waits for the sandbox of the last spec. */
    public void awaitAnswer() {
        while (!slot.answers()) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() throws IOException {
        machine.close();
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
