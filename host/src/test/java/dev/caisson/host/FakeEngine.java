package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.base.Isolation;
import dev.caisson.engine.Engine;
import dev.caisson.engine.EngineException;
import dev.caisson.engine.EngineHandle;
import dev.caisson.engine.EngineInfo;
import dev.caisson.engine.EngineSandbox;
import dev.caisson.engine.Exit;
import dev.caisson.engine.SandboxSpec;
import dev.caisson.engine.SavedMemory;
import dev.caisson.engine.Usage;
import dev.caisson.linux.ProcessIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** An engine whose sandboxes are entries of a map; it outlives the hosts that use it, as processes outlive a server. */
final class FakeEngine implements Engine {
    /** What of a sandbox is on the machine. */
    static final class Box implements EngineSandbox {
        private final SandboxSpec spec;
        private final EngineHandle handle;
        private final CompletableFuture<Exit> exited = new CompletableFuture<>();

        private Box(SandboxSpec spec, EngineHandle handle) {
            this.spec = spec;
            this.handle = handle;
        }

        SandboxSpec spec() {
            return spec;
        }

        boolean isAlive() {
            return !exited.isDone();
        }

        /** Its process ends; what it leaves on the machine stays until it is removed. */
        void die(String cause) {
            exited.complete(new Exit(cause));
        }

        @Override
        public String id() {
            return spec.id();
        }

        @Override
        public EngineHandle handle() {
            return handle;
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void saveMemory(Path folder) {
            throw new EngineException(Category.UNSUPPORTED, "a fake has no memory");
        }

        @Override
        public void flushDisk() {}

        @Override
        public Usage usage() {
            return new Usage(Duration.ofMillis(10), 1 << 20, 1 << 19, 9, 1 << 16, 10L << 30);
        }

        @Override
        public CompletionStage<Exit> exited() {
            return exited.minimalCompletionStage();
        }
    }

    private final String bootId;
    private final Map<String, Box> boxes = new ConcurrentHashMap<>();
    private final Set<String> wedged = ConcurrentHashMap.newKeySet();
    private final AtomicLong pids = new AtomicLong(1000);
    private volatile Runnable onStart = () -> {};

    FakeEngine(String bootId) {
        this.bootId = bootId;
    }

    Optional<Box> box(String id) {
        return Optional.ofNullable(boxes.get(id));
    }

    /** Runs in every start, after the sandbox exists. */
    void onStart(Runnable action) {
        onStart = action;
    }

    /** From now on removing it fails. */
    void wedge(String id) {
        wedged.add(id);
    }

    void unwedge(String id) {
        wedged.remove(id);
    }

    @Override
    public EngineInfo info() {
        return new EngineInfo("fake", "fake-1", Isolation.NONE, "none at all");
    }

    @Override
    public EngineSandbox start(SandboxSpec spec) {
        if (!Files.exists(spec.disk()) || spec.layers().isEmpty()) {
            throw new EngineException(Category.INVALID, "it has no disk or no layers");
        }
        var identity = new ProcessIdentity(pids.incrementAndGet(), 7);
        var box = new Box(spec, new EngineHandle("fake", "fake-1", spec.id(), bootId, identity));
        boxes.put(spec.id(), box);
        onStart.run();
        return box;
    }

    @Override
    public EngineSandbox restore(SandboxSpec spec, SavedMemory memory) {
        throw new EngineException(Category.UNSUPPORTED, "a fake has no memory");
    }

    @Override
    public Set<String> builds() {
        return Set.of("fake-1");
    }

    @Override
    public Optional<String> hindrance(SavedMemory memory) {
        return Optional.empty();
    }

    @Override
    public void release(String id) {
        remove(id);
    }

    @Override
    public Optional<EngineSandbox> find(EngineHandle handle) {
        return box(handle.id()).filter(Box::isAlive).filter(box -> box.handle().equals(handle)).map(box -> box);
    }

    @Override
    public void remove(String id) {
        if (wedged.contains(id)) {
            throw new EngineException(Category.INTERNAL, "process of " + id + " does not go away");
        }
        var box = boxes.remove(id);
        if (box != null) {
            box.die("killed");
        }
    }

    @Override
    public Set<String> remains() {
        return new TreeSet<>(boxes.keySet());
    }

    @Override
    public void close() {}
}
