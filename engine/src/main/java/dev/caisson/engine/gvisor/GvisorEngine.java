package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import dev.caisson.base.Isolation;
import dev.caisson.engine.Engine;
import dev.caisson.engine.EngineException;
import dev.caisson.engine.EngineHandle;
import dev.caisson.engine.EngineInfo;
import dev.caisson.engine.EngineSandbox;
import dev.caisson.engine.SandboxSpec;
import dev.caisson.engine.SavedMemory;
import dev.caisson.linux.ControlGroups;
import dev.caisson.linux.ExitWatcher;
import dev.caisson.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The engine on gVisor. Needs root, EROFS, overlayfs, loop devices and control groups. */
public final class GvisorEngine implements Engine {
    static final String NAME = "gvisor";

    private final Places places;
    private final GvisorConfig config;
    private final Builds builds;
    private final String bootId;
    private final ControlGroups groups = ControlGroups.ofThisMachine();
    private final SharedLayers layers;
    private final Remover remover;
    private final Launcher launcher;
    private final ExitWatcher watcher = new ExitWatcher();
    private final MemoryGuard guard = new MemoryGuard();
    private final Map<String, GvisorSandbox> sandboxes = new ConcurrentHashMap<>();

    /**
     * Opens the engine for an installation.
     *
     * @param build folder of the build to start sandboxes with; its siblings restore what they saved, and running sandboxes may
     *     stem from any
     * @throws EngineException {@code UNSUPPORTED} if the build or the machine lacks something
     */
    public GvisorEngine(Installation installation, Path build, GvisorConfig config) {
        this.places = Places.of(installation);
        this.config = config;
        this.builds = new Builds(build);
        this.bootId = bootId();
        this.layers = new SharedLayers(places);
        var mounts = new RootMounts(places, layers);
        this.remover = new Remover(places, groups, mounts);
        this.launcher = new Launcher(places, config, builds, groups, mounts, remover, bootId);
        prepare(installation);
    }

    @Override
    public EngineInfo info() {
        return new EngineInfo(
                NAME, builds.standard().version(), Isolation.GVISOR, "a kernel in user space (gVisor): guest code makes no system call to the host");
    }

    @Override
    public EngineSandbox start(SandboxSpec spec) {
        requireForm(spec.id());
        return launcher.start(spec, handle -> register(handle, spec.limits().memoryBytes()));
    }

    @Override
    public EngineSandbox restore(SandboxSpec spec, SavedMemory memory) {
        requireForm(spec.id());
        return launcher.restore(spec, memory, handle -> register(handle, spec.limits().memoryBytes()));
    }

    @Override
    public Set<String> builds() {
        return builds.versions();
    }

    @Override
    public Optional<String> hindrance(SavedMemory memory) {
        try {
            builds.find(memory.build());
            MemoryImage.of(memory);
            return Optional.empty();
        } catch (EngineException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Optional<EngineSandbox> find(EngineHandle handle) {
        var known = sandboxes.get(handle.id());
        if (known != null && known.handle().process().equals(handle.process())) {
            return handle.process().isAlive() ? Optional.of(known) : Optional.empty();
        }
        if (!handle.engine().equals(NAME) || !handle.bootId().equals(bootId)
                || !new HostProcesses(places).isKernel(handle.process(), handle.id())) {
            return Optional.empty();
        }
        var sandbox = sandbox(handle);
        if (!sandbox.answersAsRunning()) {
            return Optional.empty();
        }
        try {
            register(sandbox, ContainerSpec.memoryBytes(Files.readAllBytes(places.spec(handle.id()))));
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "sandbox " + handle.id() + " runs, but its specification cannot be read", e);
        }
        return Optional.of(sandbox);
    }

    @Override
    public void remove(String id) {
        takeAway(id, Remover.Disk.THROWN_AWAY);
    }

    @Override
    public void release(String id) {
        takeAway(id, Remover.Disk.KEPT);
    }

    private void takeAway(String id, Remover.Disk disk) {
        requireForm(id);
        var known = Optional.ofNullable(sandboxes.get(id));
        known.ifPresent(GvisorSandbox::markRemoved);
        remover.remove(id, known.isPresent() ? Remover.Search.GROUP : Remover.Search.MACHINE, disk);
        known.ifPresent(sandbox -> sandboxes.remove(id, sandbox));
    }

    @Override
    public Set<String> remains() {
        return remover.remains();
    }

    @Override
    public void close() {
        guard.close();
        watcher.close();
        try {
            layers.trimAll();
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "unused layers could not be taken away: " + e.getMessage(), e);
        }
        if (remains().isEmpty()) {
            remover.removeShared();
        }
    }

    private GvisorSandbox sandbox(EngineHandle handle) {
        return new GvisorSandbox(handle, places, groups, builds, config);
    }

    private GvisorSandbox register(EngineHandle handle, long memoryBytes) {
        var sandbox = sandbox(handle);
        register(sandbox, memoryBytes);
        return sandbox;
    }

    private void register(GvisorSandbox sandbox, long memoryBytes) {
        sandboxes.put(sandbox.id(), sandbox);
        sandbox.watch(watcher);
        guard.guard(sandbox, memoryBytes + config.ownBytes());
    }

    private void prepare(Installation installation) {
        try {
            var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
            Files.createDirectories(installation.run(), ownerOnly);
            for (var folder : Set.of(places.state(), places.layers(), places.sandboxes())) {
                Files.createDirectories(folder, ownerOnly);
            }
            groups.createParent(places.parentGroup(), config.memoryOfAllBytes());
            groups.createParent(places.group(), OptionalLong.empty());
        } catch (IOException | LinuxException e) {
            throw new EngineException(Category.UNSUPPORTED, "the engine could not be set up on this machine: " + e.getMessage(), e);
        }
    }

    /** An id becomes part of paths and group names. */
    private static void requireForm(String id) {
        if (!Places.isId(id)) {
            throw new IllegalArgumentException("a sandbox id is made of [a-z0-9], not '" + id + "'");
        }
    }

    private static String bootId() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            throw new EngineException(Category.UNSUPPORTED, "the kernel does not say which boot this is", e);
        }
    }
}
