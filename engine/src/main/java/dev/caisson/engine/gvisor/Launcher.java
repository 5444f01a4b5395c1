package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.base.CleanupStack;
import dev.caisson.engine.EngineException;
import dev.caisson.engine.EngineHandle;
import dev.caisson.engine.SandboxSpec;
import dev.caisson.engine.SavedMemory;
import dev.caisson.linux.ControlGroups;
import dev.caisson.linux.LinuxException;
import dev.caisson.linux.ProcessIdentity;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** Makes sandboxes, a bounded number at a time: each completely or not at all. */
final class Launcher {
    private final Places places;
    private final GvisorConfig config;
    private final Builds builds;
    private final ControlGroups groups;
    private final RootMounts mounts;
    private final Remover remover;
    private final String bootId;
    private final Semaphore turns;

    /** @param bootId of the host */
    Launcher(Places places, GvisorConfig config, Builds builds, ControlGroups groups, RootMounts mounts, Remover remover, String bootId) {
        this.places = places;
        this.config = config;
        this.builds = builds;
        this.groups = groups;
        this.mounts = mounts;
        this.remover = remover;
        this.bootId = bootId;
        this.turns = new Semaphore(config.parallelStarts(), true);
    }

    /** Has the tool do its part, once the root file system is mounted and the specification written; gives the kernel's process. */
    private interface Launch {
        ProcessIdentity by(Tool tool) throws IOException;
    }

    GvisorSandbox start(SandboxSpec spec, Function<EngineHandle, GvisorSandbox> adopt) {
        var json = ContainerSpec.json(spec, places.root(spec.id()), places.group(spec.id()));
        return make(spec, json, builds.standard(), adopt, tool -> {
            tool.start(places, spec.id(), config.startDeadline());
            addReserve(spec);
            return kernelOf(spec.id());
        });
    }

    GvisorSandbox restore(SandboxSpec spec, SavedMemory memory, Function<EngineHandle, GvisorSandbox> adopt) {
        var tool = builds.find(memory.build());
        var image = MemoryImage.of(memory);
        var json = ContainerSpec.restored(image.spec(), spec, places.root(spec.id()), places.group(spec.id()));
        return make(spec, json, tool, adopt, used -> {
            used.create(places, spec.id(), config.startDeadline());
            // A guest whose memory was full would not fit below its own limit together with its kernel.
            addReserve(spec);
            // Looked up before the guest runs: if it ends at once, that is its end and no restore that failed, since its disk has changed.
            var kernel = kernelOf(spec.id());
            used.restore(places, spec.id(), image.folder(), config.deadline(image.bytes()));
            return kernel;
        });
    }

    /** The sandbox's kernel has read the limit as its guest's memory when it was made, and does not look again. */
    private void addReserve(SandboxSpec spec) {
        groups.limitMemory(places.group(spec.id()), spec.limits().memoryBytes() + config.reserveBytes());
    }

    private GvisorSandbox make(SandboxSpec spec, byte[] json, Tool tool, Function<EngineHandle, GvisorSandbox> adopt, Launch launch) {
        try {
            turns.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Category.UNAVAILABLE, "interrupted while sandbox " + spec.id() + " waited for its turn to start", e);
        }
        try {
            return makeNow(spec, json, tool, adopt, launch);
        } finally {
            turns.release();
        }
    }

    private GvisorSandbox makeNow(SandboxSpec spec, byte[] json, Tool tool, Function<EngineHandle, GvisorSandbox> adopt, Launch launch) {
        claim(spec.id());
        try (var undo = new CleanupStack()) {
            // The disk may hold what an earlier run wrote, and is tried again: it must not be left half written.
            undo.push("remove what was made of sandbox " + spec.id(),
                    () -> remover.remove(spec.id(), Remover.Search.MACHINE, Remover.Disk.KEPT));
            mounts.mount(spec);
            Files.write(places.spec(spec.id()), json);
            var kernel = launch.by(tool);
            var sandbox = adopt.apply(new EngineHandle(GvisorEngine.NAME, tool.version(), spec.id(), bootId, kernel));
            undo.keep();
            return sandbox;
        } catch (LinuxException e) {
            throw new EngineException(e.category() == Category.EXHAUSTED ? Category.EXHAUSTED : Category.INTERNAL,
                    "sandbox " + spec.id() + " could not be started: its root file system could not be set up", e);
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "sandbox " + spec.id() + " could not be started: its files could not be written", e);
        }
    }

    /** Making the folder is what claims the id: two starts of one id, or a start over remains, do not get past it. */
    private void claim(String id) {
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
}
