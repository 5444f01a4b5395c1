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
import java.io.IOException;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * An engine whose sandboxes are entries of a map; it outlives the hosts that use it, as processes outlive a server. A box has a
 * {@code state}, which stands for its processes and their memory and is what {@code saveMemory} saves; its disk's file stands for
 * its files.
 */
final class FakeEngine implements Engine {
    /** What of a sandbox is on the machine. */
    static final class Box implements EngineSandbox {
        private final SandboxSpec spec;
        private final EngineHandle handle;
        private final CompletableFuture<Exit> exited = new CompletableFuture<>();
        private final String firstKey;
        private final AtomicInteger resumes = new AtomicInteger();
        private volatile String state;
        private volatile Supplier<String> key;
        private volatile boolean paused;
        private volatile boolean unsure;
        private final AtomicReference<Optional<Boolean>> resumeFailure = new AtomicReference<>(Optional.empty());
        private volatile Optional<EngineException> failure = Optional.empty();
        private volatile Optional<EngineException> flushFailure = Optional.empty();

        private Box(SandboxSpec spec, EngineHandle handle, String state, String key) {
            this.spec = spec;
            this.handle = handle;
            this.state = state;
            this.firstKey = key;
            this.key = () -> key;
        }

        String state() {
            return state;
        }

        void state(String next) {
            state = next;
        }

        /** The key that its agent knew when it was started or saved, in hexadecimal. */
        String firstKey() {
            return firstKey;
        }

        /** Where to learn which key its agent knows. */
        void keyNow(Supplier<String> source) {
            key = source;
        }

        /** As a server leaves it that died while it stopped it, or let it go on. */
        void leaveInTheMiddle(boolean standingStill) {
            paused = standingStill;
            unsure = true;
        }

        boolean isPaused() {
            return paused;
        }

        /** How many times it stood still and was let go on. */
        int resumes() {
            return resumes.get();
        }

        /** The next time it is let go on it does, or not, and nobody hears of it. */
        void failNextResume(boolean standsStill) {
            resumeFailure.set(Optional.of(standsStill));
        }

        private void failResume() {
            resumeFailure.getAndSet(Optional.empty()).ifPresent(standsStill -> {
                paused = standsStill;
                unsure = true;
                throw new EngineException(Category.TIMEOUT, id() + " did not answer");
            });
        }

        /** From now on its memory cannot be saved. */
        void failSaves(EngineException with) {
            failure = Optional.of(with);
        }

        void savesSucceed() {
            failure = Optional.empty();
        }

        /** From now on its disk cannot be flushed. */
        void failFlushes(EngineException with) {
            flushFailure = Optional.of(with);
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
        public void pause() {
            requireAlive();
            if (unsure) {
                throw new EngineException(Category.CONFLICT, "nobody knows whether " + id() + " stands still");
            }
            paused = true;
        }

        @Override
        public void resume() {
            if (unsure && !paused) {
                die("resumed once too many");
            }
            if (paused) {
                requireAlive();
                failResume();
                paused = false;
                unsure = false;
                resumes.incrementAndGet();
            }
        }

        @Override
        public boolean mayStandStill() {
            return unsure;
        }

        @Override
        public void confirmRuns() {
            unsure = false;
        }

        @Override
        public void saveMemory(Path folder) {
            requireStill();
            failure.ifPresent(failed -> {
                throw failed;
            });
            try {
                Files.createDirectory(folder);
                Files.writeString(folder.resolve("state"), state);
                Files.writeString(folder.resolve("key"), key.get());
            } catch (IOException e) {
                throw new EngineException(Category.INTERNAL, "could not save " + id(), e);
            }
        }

        @Override
        public void flushDisk() {
            requireStill();
            flushFailure.ifPresent(failed -> {
                throw failed;
            });
        }

        private void requireStill() {
            requireAlive();
            if (!paused) {
                throw new EngineException(Category.CONFLICT, id() + " does not stand still");
            }
        }

        private void requireAlive() {
            if (!isAlive()) {
                throw new EngineException(Category.CONFLICT, id() + " has ended");
            }
        }

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
    private final Set<String> released = ConcurrentHashMap.newKeySet();
    private final AtomicReference<EngineException> lookFailure = new AtomicReference<>();
    private volatile Runnable onStart = () -> {};
    private volatile Optional<EngineException> restoreFailure = Optional.empty();

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

    /** From now on no restore succeeds. */
    void failRestores(EngineException with) {
        restoreFailure = Optional.of(with);
    }

    void letRestoresSucceed() {
        restoreFailure = Optional.empty();
    }

    /** Those that were removed with their disks written out, and not otherwise. */
    Set<String> released() {
        return Set.copyOf(released);
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
        return begin(spec, "booted", spec.environment().getOrDefault("CAISSON_LINK_KEY", ""));
    }

    private Box begin(SandboxSpec spec, String state, String key) {
        var identity = new ProcessIdentity(pids.incrementAndGet(), 7);
        var box = new Box(spec, new EngineHandle("fake", "fake-1", spec.id(), bootId, identity), state, key);
        if (boxes.putIfAbsent(spec.id(), box) != null) {
            throw new EngineException(Category.CONFLICT, spec.id() + " is there already");
        }
        released.remove(spec.id());
        onStart.run();
        return box;
    }

    @Override
    public EngineSandbox restore(SandboxSpec spec, SavedMemory memory) {
        restoreFailure.ifPresent(failed -> {
            throw failed;
        });
        if (!memory.build().equals("fake-1") || !Files.exists(spec.disk())) {
            throw new EngineException(Category.UNSUPPORTED, "build " + memory.build() + " or its disk is not here");
        }
        try {
            return begin(
                    spec, Files.readString(memory.folder().resolve("state")), Files.readString(memory.folder().resolve("key")));
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "could not restore " + spec.id(), e);
        }
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
        if (boxes.containsKey(id)) {
            remove(id);
            released.add(id);
        }
    }

    /** The next question what is there fails. */
    void failNextLook(EngineException with) {
        lookFailure.set(with);
    }

    private void look() {
        var failure = lookFailure.getAndSet(null);
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public Optional<EngineSandbox> find(EngineHandle handle) {
        look();
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
        look();
        return new TreeSet<>(boxes.keySet());
    }

    @Override
    public void close() {}
}
