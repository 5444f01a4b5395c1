package dev.caisson.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.CleanupStack;
import dev.caisson.base.Installation;
import dev.caisson.base.SandboxId;
import dev.caisson.base.testing.AddressRange;
import dev.caisson.engine.gvisor.GvisorConfig;
import dev.caisson.engine.gvisor.GvisorEngine;
import dev.caisson.guest.GuestLink;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.image.AgentLayers;
import dev.caisson.image.Ext4Disks;
import dev.caisson.image.FileFrozenDisks;
import dev.caisson.image.FileLayerStore;
import dev.caisson.image.FileTemplateStore;
import dev.caisson.linux.Command;
import dev.caisson.linux.ControlGroups;
import dev.caisson.linux.LoopDevices;
import dev.caisson.linux.Mounts;
import dev.caisson.network.NamespaceSlotPool;
import dev.caisson.network.SlotSettings;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An installation of its own on this machine, with gVisor, namespaces and the {@code base} template. What takes long to make
 * comes from the data folder that {@code ./caisson test} prepared (system property {@code caisson.data.seed}); the agent from
 * the program it built ({@code caisson.dist}); the engine's build from that data folder, or {@code caisson.engine.build}.
 */
final class RealMachine implements AutoCloseable {
    private static final byte[] SECRET = "a secret of these tests, 32 bytes".getBytes(StandardCharsets.US_ASCII);

    private final Installation installation;
    private final CleanupStack.Undo giveBack;
    private final List<Running> opened = new ArrayList<>();

    /** One server process's worth of objects. */
    private record Running(Host host, NamespaceSlotPool slots, GvisorEngine engine) {}

    /** One that another process made, and will remove. */
    RealMachine(Installation installation) {
        this(installation, () -> {});
    }

    private RealMachine(Installation installation, CleanupStack.Undo giveBack) {
        this.installation = installation;
        this.giveBack = giveBack;
    }

    static RealMachine make() throws IOException {
        var data = Files.createTempDirectory("caisson-host");
        var name = "th" + Integer.toString(ThreadLocalRandom.current().nextInt(36 * 36 * 36), 36);
        var addresses = AddressRange.take();
        var installation = new Installation(name, data, Path.of("/run", name), addresses.prefix());
        plant(seed(), installation);
        return new RealMachine(installation, addresses::close);
    }

    private static void plant(Path seed, Installation installation) throws IOException {
        for (var folder : List.of("layers", "templates")) {
            Files.createDirectories(installation.data().resolve(folder));
            try (var files = Files.list(seed.resolve(folder))) {
                for (var file : files.toList()) {
                    Files.createSymbolicLink(
                            installation.data().resolve(folder).resolve(file.getFileName()), file.toAbsolutePath());
                }
            }
        }
    }

    private static Path seed() {
        return Path.of(property("caisson.data.seed"));
    }

    private static Path engineBuild() {
        var build = System.getProperty("caisson.engine.build");
        return build == null ? seed().resolve("engines/gvisor/current") : Path.of(build);
    }

    private static String property(String name) {
        var value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("this test needs -D" + name + ", as `./caisson test` gives it");
        }
        return value;
    }

    Installation installation() {
        return installation;
    }

    Host open(HostConfig config) throws IOException {
        return open(config, StepObserver.NONE);
    }

    Host open(HostConfig config, StepObserver observer) throws IOException {
        var engine = new GvisorEngine(installation, engineBuild(), GvisorConfig.standard());
        var slots = new NamespaceSlotPool(installation, SlotSettings.defaults());
        var layers = new FileLayerStore(installation.layers());
        var agent = AgentLayers.pack(
                Path.of(property("caisson.dist"), "guest-agent"), installation.data().resolve("scratch"), layers, line -> {});
        var parts = new HostParts(
                installation, engine, slots, layers, new FileTemplateStore(installation.templates()),
                new Ext4Disks(installation.data().resolve("disks")),
                new FileFrozenDisks(installation.data().resolve("frozen")), GuestLink::connect, agent, new LinkKeys(SECRET),
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(), InstantSource.system(),
                observer);
        var host = Host.open(parts, config);
        opened.add(new Running(host, slots, engine));
        return host;
    }

    static CreateRequest request(Duration timeout) {
        return new CreateRequest("base", "team", timeout, true, true, Map.of(), Map.of());
    }

    /** That of no sandbox anything is left. What the installation itself keeps ready stays. */
    void assertNoSandboxIsLeft() {
        Waiting.soon().untilAsserted(() -> {
            assertThat(processes()).as("processes").isEmpty();
            assertThat(LoopDevices.attachedBelow(installation.sandboxes())).as("loop devices of disks").isEmpty();
            assertThat(ControlGroups.ofThisMachine().children("/" + installation.name() + "/gvisor")).as("control groups").isEmpty();
            try (var entries = Files.list(installation.sandboxes())) {
                assertThat(entries.filter(entry -> !entry.endsWith(HostLock.NAME))).as("folders").isEmpty();
            }
        });
    }

    private void assertNothingIsLeft() {
        assertNoSandboxIsLeft();
        assertThat(Mounts.below(installation.run())).as("mounts").isEmpty();
        assertThat(Command.ofSystem("ip", "netns", "list").run().output()).doesNotContain(installation.name() + "-");
        assertThat(Command.ofSystem("ip", "-o", "link").run().output()).doesNotContain(installation.name() + "-");
        assertThat(Command.ofSystem("nft", "list", "tables").run().output().lines())
                .noneMatch(line -> line.endsWith(" " + installation.name()));
    }

    /** Those of its engine's sandboxes that run. */
    List<String> processesOfSandboxes() {
        try {
            return processes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops a sandbox where it is, as a server does that is about to save it. */
    void standStill(SandboxId id) {
        var journal = ((SandboxFolder.Reading.Read) SandboxFolder.of(installation.sandboxes(), id).read()).journal();
        opened.getLast().engine().find(journal.engine().orElseThrow()).orElseThrow().pause();
    }

    private List<String> processes() throws IOException {
        var found = new ArrayList<String>();
        try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (var entry : entries) {
                var line = commandLine(entry);
                if (line.contains(installation.run() + "/")) {
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

    /** Ends the last server's objects, as its orderly stop does; sandboxes go on. */
    void stop() {
        var last = opened.removeLast();
        last.host().close();
        last.slots().close();
        last.engine().close();
    }

    /** Ends what runs, takes the installation away and checks that nothing is left. */
    @Override
    public void close() throws IOException {
        if (opened.isEmpty()) {
            open(HostConfig.defaults());
        }
        var last = opened.removeLast();
        try (var ends = new CleanupStack()) {
            ends.push("give back its addresses", giveBack);
            ends.push("remove the data folder", this::removeData);
            ends.push("remove the run folder, which is empty", () -> Files.delete(installation.run()));
            ends.push("check", this::assertNothingIsLeft);
            ends.push("close the engine", last.engine()::close);
            ends.push("take away the slots", last.slots()::dismantle);
            ends.push("close the host", last.host()::close);
            ends.push("see every sandbox go", this::assertNoSandboxIsLeft);
            ends.push("end every sandbox", () -> last.host().list().forEach(
                    info -> last.host().kill(info.id(), EndCause.REQUEST)));
        }
    }

    private void removeData() throws IOException {
        try (var files = Files.walk(installation.data())) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
