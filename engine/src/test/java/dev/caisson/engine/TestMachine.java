package dev.caisson.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Installation;
import dev.caisson.base.testing.AddressRange;
import dev.caisson.linux.Command;
import dev.caisson.linux.ControlGroups;
import dev.caisson.linux.LoopDevices;
import dev.caisson.linux.Mounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** An installation of its own for one test, with slots and disks, and the check that the engine left nothing of it. */
public final class TestMachine implements AutoCloseable {
    private final Installation installation;
    private final AddressRange addresses = AddressRange.take();
    private final TestGuest guest;
    private final List<TestSlot> slots = new ArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger();

    TestMachine(TestGuest guest) throws IOException {
        int random = ThreadLocalRandom.current().nextInt(10_000);
        var name = "te" + random;
        var data = Files.createTempDirectory("caisson-" + name);
        this.installation = new Installation(name, data, Path.of("/run/caisson-" + name), addresses.prefix());
        this.guest = guest;
    }

    public Installation installation() {
        return installation;
    }

    public synchronized TestSlot slot() {
        int number = numbers.incrementAndGet();
        var slot = new TestSlot(installation.name() + "-" + number, installation.addresses() + ".0." + number);
        slots.add(slot);
        return slot;
    }

    /** A fresh sandbox on {@code slot}: 2 processors, 256 MiB of memory and of disk. */
    public SandboxSpec spec(TestSlot slot) {
        return spec(slot, new Limits(2, 256L << 20, 3000));
    }

    public SandboxSpec spec(TestSlot slot, Limits limits) {
        return new SandboxSpec(newId(), guest.layers().stream().map(Layer::erofs).toList(), disk(), slot.namespace(), limits, guest.arguments(), java.util.Map.of("GREETING", "hello"), "box");
    }

    /** The same sandbox under another id, on another slot and disk: what a copy is restored as. */
    public SandboxSpec copy(SandboxSpec spec, TestSlot slot, List<Layer> layers, Path disk) {
        return new SandboxSpec(newId(), layers, disk, slot.namespace(), spec.limits(), spec.arguments(), spec.environment(), spec.hostname());
    }

    /** A fresh disk of 256 MiB. */
    public Path disk() {
        return guest.disk(installation.data().resolve(newId() + ".img"), 256L << 20);
    }

    private static String newId() {
        return "i%019d".formatted(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE));
    }

    /** Checks that nothing of the engine is left: no process, mount, loop device, control group or file. */
    void assertClean() {
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(processes()).as("processes").isEmpty();
            assertThat(Mounts.below(installation.run())).as("mounts").isEmpty();
            assertThat(LoopDevices.attachedBelow(installation.data())).as("loop devices of disks").isEmpty();
            assertThat(LoopDevices.attachedBelow(guest.folder())).as("loop devices of layers").isEmpty();
            var groups = ControlGroups.ofThisMachine();
            assertThat(groups.children("/" + installation.name())).as("control groups").isEmpty();
            assertThat(groups.children("/")).as("control groups").doesNotContain(installation.name());
            assertThat(files(installation.run())).as("files").containsExactly(installation.run());
        });
    }

    /** Checks that a disk which nobody has mounted needs no repair. */
    public void assertDiskClean(Path disk) {
        var found = Command.ofSystem("e2fsck", "-fn", disk.toString()).runAnyExit();
        assertThat(found.exitCode()).as(found.output() + found.errors()).isZero();
    }

    @Override
    public void close() throws IOException {
        slots.forEach(TestSlot::close);
        for (var file : files(installation.data()).reversed()) {
            Files.delete(file);
        }
        Files.deleteIfExists(installation.run());
        addresses.close();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var walk = Files.walk(folder)) {
            return walk.sorted(Comparator.naturalOrder()).toList();
        }
    }

    private List<String> processes() throws IOException {
        var found = new ArrayList<String>();
        try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (var entry : entries) {
                var line = commandLine(entry);
                if (line.contains(installation.run().toString())) {
                    found.add(entry.getFileName() + " " + line);
                }
            }
        }
        return found;
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1).replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }
}
