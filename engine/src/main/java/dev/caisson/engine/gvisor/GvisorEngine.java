package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.base.CleanupStack;
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
import dev.caisson.linux.ProcessIdentity;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** The engine on gVisor. Needs root, EROFS, overlayfs, loop devices and control groups. */
public final class GvisorEngine implements Engine {
    private static final String NAME = "gvisor";

    private final Places places;
    private final GvisorConfig config;
    private final Tool tool;
    private final String bootId;
    private final ControlGroups groups = ControlGroups.ofThisMachine();
    private final SharedLayers layers;
    private final RootMounts mounts;
    private final Remover remover;
    private final Semaphore turns;
    private final ExitWatcher watcher = new ExitWatcher();
    private final MemoryGuard guard = new MemoryGuard();
    private final Map<String, GvisorSandbox> sandboxes = new ConcurrentHashMap<>();

    /**
     * Opens the engine for an installation.
     *
     * @param build folder of the build to start sandboxes with; running ones may stem from another
     * @throws EngineException {@code UNSUPPORTED} if the build or the machine lacks something
     */
    public GvisorEngine(Installation installation, Path build, GvisorConfig config) {
        this.places = Places.of(installation);
        this.config = config;
        this.tool = Tool.in(build);
        this.bootId = bootId();
        this.layers = new SharedLayers(places);
        this.mounts = new RootMounts(places, layers);
        this.remover = new Remover(places, groups, mounts);
        this.turns = new Semaphore(config.parallelStarts(), true);
        prepare(installation);
    }

    @Override
    public EngineInfo info() {
        return new EngineInfo(
                NAME, tool.version(), Isolation.GVISOR, "a kernel in user space (gVisor): guest code makes no system call to the host");
    }

    @Override
    public EngineSandbox start(SandboxSpec spec) {
        try {
            turns.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Category.UNAVAILABLE, "interrupted while sandbox " + spec.id() + " waited for its turn to start", e);
        }
        try {
            return startNow(spec);
        } finally {
            turns.release();
        }
    }

    private GvisorSandbox startNow(SandboxSpec spec) {
        claim(spec.id());
        try (var undo = new CleanupStack()) {
            undo.push("remove what was made of sandbox " + spec.id(), () -> remover.remove(spec.id(), Remover.Search.MACHINE));
            mounts.mount(spec);
            Files.write(places.spec(spec.id()),
                    ContainerSpec.json(spec, places.root(spec.id()), places.group(spec.id())));
            tool.start(places, spec.id(), config.startDeadline());
            groups.limitMemory(places.group(spec.id()), spec.limits().memoryBytes() + config.reserveBytes());
            var sandbox = new GvisorSandbox(
                    new EngineHandle(NAME, tool.version(), spec.id(), bootId, kernelOf(spec.id())), places, groups);
            register(sandbox, spec.limits().memoryBytes());
            undo.keep();
            return sandbox;
        } catch (LinuxException e) {
            throw new EngineException(e.category() == Category.EXHAUSTED ? Category.EXHAUSTED : Category.INTERNAL,
                    "sandbox " + spec.id() + " could not be started: its root file system could not be set up", e);
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "sandbox " + spec.id() + " could not be started: its files could not be written", e);
        }
    }

    @Override
    public EngineSandbox restore(SandboxSpec spec, SavedMemory memory) {
        throw new EngineException(Category.UNSUPPORTED, "not yet");
    }

    @Override
    public void release(String id) {
        throw new EngineException(Category.UNSUPPORTED, "not yet");
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
        var sandbox = new GvisorSandbox(handle, places, groups);
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
        requireForm(id);
        var known = Optional.ofNullable(sandboxes.get(id));
        known.ifPresent(GvisorSandbox::markRemoved);
        remover.remove(id, known.isPresent() ? Remover.Search.GROUP : Remover.Search.MACHINE);
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

    private void register(GvisorSandbox sandbox, long memoryBytes) {
        sandboxes.put(sandbox.id(), sandbox);
        sandbox.watch(watcher);
        guard.guard(sandbox, memoryBytes + config.ownBytes());
    }

    /** Making the folder is what claims the id: two starts of one id, or a start over remains, do not get past it. */
    private void claim(String id) {
        requireForm(id);
        try {
            Files.createDirectory(places.sandbox(id));
        } catch (FileAlreadyExistsException e) {
            throw new EngineException(Category.CONFLICT, "there is a sandbox " + id + " already, or its remains", e);
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "sandbox " + id + " could not be started: its folder could not be made", e);
        }
    }

    private ProcessIdentity kernelOf(String id) throws IOException {
        long pid = Long.parseLong(Files.readString(places.pidFile(id)).strip());
        return ProcessIdentity.of(pid).filter(process -> new HostProcesses(places).isKernel(process, id)).orElseThrow(
                () -> new EngineException(Category.INTERNAL, "sandbox " + id + " ended as soon as it was started"));
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
