package dev.caisson.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import dev.caisson.base.SandboxId;
import dev.caisson.host.journal.Journal;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.host.standby.StandbyConfig;
import dev.caisson.image.ContentHash;
import dev.caisson.image.FileFrozenDisks;
import dev.caisson.image.ImageException;
import dev.caisson.image.LayerStore;
import dev.caisson.image.Progress;
import dev.caisson.image.TemplateBuild;
import dev.caisson.image.TemplateStore;
import dev.caisson.image.WritableDisks;
import dev.caisson.node.CreateRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** A machine in memory (its disk is a real folder) on which one host after the other can be opened. */
final class FakeMachine implements AutoCloseable {
    static final Duration LIFE = Duration.ofMinutes(5);
    private static final ContentHash LAYER = new ContentHash("a".repeat(64));
    private static final ContentHash AGENT = new ContentHash("b".repeat(64));
    private static final TemplateBuild BASE = new TemplateBuild(
            "base0000000000000000", "7f2d7b3e-0000-4000-8000-000000000000", List.of("base"), List.of(LAYER), "user",
            "/home/user", Map.of("TEMPLATE", "1", "REQUEST", "0"), 2, 1L << 30, 10L << 30, Duration.ofSeconds(300),
            Instant.EPOCH);
    private static final byte[] SECRET = new byte[32];

    private final Path data;
    private final List<Host> hosts = new ArrayList<>();
    final TestClock clock = new TestClock();
    String bootId = "boot-1";
    FakeEngine engine = new FakeEngine(bootId);
    FakeSlots slots = new FakeSlots();
    FakeGuests guests = new FakeGuests(engine);
    HostConfig config = quick();
    volatile boolean diskFull;
    volatile TemplateBuild template = BASE;

    FakeMachine(Path data) {
        this.data = data;
    }

    /** The defaults, with pauses that a test can wait for. */
    private static HostConfig quick() {
        var usual = HostConfig.defaults().patience();
        return HostConfig.defaults()
                .withLeastDiskBytes(0)
                .with(new HostConfig.Patience(
                        Duration.ofSeconds(5), usual.slot(), Duration.ofSeconds(5), usual.kill(), Duration.ofMillis(50),
                        Duration.ofMillis(20), Duration.ofMillis(50)))
                .with(new HostConfig.Watching(
                        Duration.ofMillis(50), Duration.ofMillis(50), 4, Duration.ofMillis(5)));
    }

    /** From the next host on so many sandboxes at most are kept ready, one of them from the start; none for 0. */
    void standbys(int most) {
        config = config.with(new StandbyConfig(
                most, Math.min(1, most), 2, Duration.ofHours(1), Duration.ofMillis(5), Duration.ofMillis(50), Duration.ofSeconds(5),
                Duration.ofMillis(5), Duration.ofMillis(20)));
    }

    /** There is a newer build of the template. */
    void rebuildTemplate() {
        template = new TemplateBuild(
                BASE.templateId(), "7f2d7b3e-0000-4000-8000-000000000001", BASE.names(), BASE.layers(), BASE.user(), BASE.workdir(),
                BASE.environment(), BASE.cpus(), BASE.memoryBytes(), BASE.diskBytes(), BASE.timeout(), BASE.created());
    }

    Host open() {
        return open(StepObserver.NONE);
    }

    Host open(StepObserver observer) {
        var host = Host.open(parts(observer), config);
        hosts.add(host);
        return host;
    }

    /** The server is gone without a word, and the next one starts. */
    Host restart() {
        return restart(StepObserver.NONE);
    }

    Host restart(StepObserver observer) {
        stop();
        return open(observer);
    }

    Host host() {
        return hosts.getLast();
    }

    /** The server is gone: what it held in memory counts no more, not even the lock of a host that never came to be. */
    void stop() {
        hosts.forEach(Host::close);
        hosts.clear();
        slots = slots.restarted();
        try {
            Files.deleteIfExists(sandboxes().resolve(HostLock.NAME));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything in memory is gone. */
    Host reboot() {
        stop();
        bootId = "boot-2";
        engine = new FakeEngine(bootId);
        slots = new FakeSlots();
        guests = new FakeGuests(engine);
        return open();
    }

    /** The parts of the next host; those before it are closed. */
    Machinery another() {
        if (hosts.isEmpty()) {
            open();
        }
        stop();
        var machinery = new Machinery(parts(StepObserver.NONE), config);
        machinery.recovery().run();
        return machinery;
    }

    /** A new sandbox that runs. */
    Sandbox created(Machinery machinery) {
        var order = new Assembly.Order(request(), new Origin.Template(template));
        return machinery.registry().find(machinery.creation().create(order).id()).orElseThrow();
    }

    HostParts parts(StepObserver observer) {
        return new HostParts(
                new Installation("t", data, Path.of("/run/t"), "10.200"),
                engine, slots, new Layers(), new Templates(), this::makeDisk,
                new FileFrozenDisks(data.resolve("frozen")), guests, AGENT, new LinkKeys(SECRET), bootId,
                clock, observer);
    }

    static CreateRequest request() {
        return request("base");
    }

    static CreateRequest request(String template) {
        return new CreateRequest(template, "team", LIFE, true, true, Map.of("k", "v"), Map.of("REQUEST", "1"));
    }

    Path sandboxes() {
        return data.resolve("sandboxes");
    }

    Path data() {
        return data;
    }

    /** That nothing of any sandbox is left anywhere. */
    void assertClean() {
        assertThat(engine.remains()).as("what the engine has").isEmpty();
        assertThat(slots.used()).as("slots in use").isEmpty();
        assertThat(entries(_ -> true)).as("folders and disks").isEmpty();
        assertThat(in("snapshots")).as("saved states").isEmpty();
        assertThat(in("frozen")).as("frozen disks").isEmpty();
    }

    /** The folders of standbys. */
    List<String> readyForNobody() {
        return folders().stream().filter(this::isStandby).toList();
    }

    private boolean isStandby(String folder) {
        return new SandboxFolder(new SandboxId(folder), sandboxes().resolve(folder)).read()
                        instanceof SandboxFolder.Reading.Read(Journal journal)
                && journal.phase() instanceof Journal.Phase.Standby;
    }

    /** Whether hosts wait when they close until what they take apart is gone, or not longer than a test of dead ones bears. */
    void patientAtClose(boolean is) {
        var usual = config.patience();
        config = config.with(new HostConfig.Patience(
                usual.turn(), usual.slot(), usual.link(), usual.kill(), is ? Duration.ofSeconds(20) : Duration.ofMillis(200),
                usual.firstRetry(), usual.lastRetry()));
    }

    private List<String> in(String folder) {
        var names = data.resolve(folder).toFile().list();
        // What a server leaves half-written that dies goes with its process, and this one goes on.
        return names == null ? List.of() : Arrays.stream(names).filter(name -> !name.startsWith(".partial-")).toList();
    }

    List<String> folders() {
        return entries(path -> Files.isDirectory(path));
    }

    private List<String> entries(Predicate<Path> which) {
        try (var entries = Files.list(sandboxes())) {
            return entries.filter(which).map(path -> String.valueOf(path.getFileName())).filter(name -> !name.startsWith(".")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void makeDisk(Path target, long bytes) {
        if (diskFull) {
            throw new ImageException(Category.EXHAUSTED, "the disk is full");
        }
        try {
            Files.writeString(target, "disk of " + bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        hosts.forEach(Host::close);
    }

    private static final class Layers implements LayerStore {
        @Override
        public Optional<Path> find(ContentHash layer) {
            return Set.of(LAYER, AGENT).contains(layer) ? Optional.of(Path.of("/" + layer)) : Optional.empty();
        }

        @Override
        public ContentHash pack(Path tree, Progress progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Set<ContentHash> retain(Set<ContentHash> kept) {
            throw new UnsupportedOperationException();
        }
    }

    private final class Templates implements TemplateStore {
        @Override
        public Optional<TemplateBuild> find(String idOrName) {
            return list().stream()
                    .filter(build -> build.names().contains(idOrName) || build.templateId().equals(idOrName))
                    .findFirst();
        }

        @Override
        public List<TemplateBuild> list() {
            return List.of(template);
        }

        @Override
        public List<TemplateBuild> builds() {
            return list();
        }

        @Override
        public void put(TemplateBuild build) {
            throw new UnsupportedOperationException();
        }
    }
}
