package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.Durability;
import dev.caisson.engine.EngineException;
import dev.caisson.engine.EngineHandle;
import dev.caisson.engine.EngineSandbox;
import dev.caisson.engine.Exit;
import dev.caisson.engine.Usage;
import dev.caisson.linux.ControlGroups;
import dev.caisson.linux.ExitWatcher;
import dev.caisson.linux.LinuxException;
import dev.caisson.linux.Mounts;
import dev.caisson.linux.UrgentThreads;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A sandbox whose kernel runs or ran. */
final class GvisorSandbox implements EngineSandbox {
    private static final Logger LOG = LoggerFactory.getLogger(GvisorSandbox.class);
    private static final String KILLED = "killed";
    /** If none has as much, the memory is that of one that has just ended and is being given back. */
    private static final long WORTH_ENDING = 4L << 20;
    private static final Duration RELIEF = Duration.ofMillis(300);
    private static final Duration RELIEF_STEP = Duration.ofMillis(5);
    /** The end of the kernel's process and its last word on the control socket come in any order. */
    private static final long LAST_WORD_MILLIS = 30;

    private final EngineHandle handle;
    private final ControlSocket control;
    private final MemorySaver memory;
    private final GvisorConfig config;
    private final ControlGroups groups;
    private final String group;
    private final StillMark mark;
    /** Asked for its space only: one statfs each, where a {@code FileStore} reads the list of all mounts. */
    private final File disk;
    private final ReentrantLock lock = new ReentrantLock();
    private final CompletableFuture<Exit> exited = new CompletableFuture<>();
    private final CompletableFuture<Integer> waitStatus = new CompletableFuture<>();
    private final AtomicBoolean relieving = new AtomicBoolean();
    private boolean paused;
    private boolean unsure;
    private volatile boolean removed;

    GvisorSandbox(EngineHandle handle, Places places, ControlGroups groups, Builds builds, GvisorConfig config) {
        this.handle = handle;
        this.control = new ControlSocket(places.socket(handle.id()), handle.id());
        this.memory = new MemorySaver(handle, places, builds, control);
        this.config = config;
        this.groups = groups;
        this.group = places.group(handle.id());
        this.mark = new StillMark(places.pausedMark(handle.id()));
        this.disk = places.disk(handle.id()).toFile();
        var before = mark.read();
        this.paused = before == StillMark.Says.STANDS_STILL;
        this.unsure = before == StillMark.Says.NOBODY_KNOWS;
    }

    void watch(ExitWatcher watcher) {
        Thread.ofVirtual().name("wait " + id()).start(() -> {
            try {
                waitStatus.complete(control.waitForExit());
            } catch (IOException e) {
                // The kernel ended without a word, which is an answer too: it was ended from outside.
                waitStatus.completeExceptionally(e);
            }
        });
        watcher.watch(handle.process()).thenRun(() -> exited.complete(new Exit(cause())));
    }

    @Override
    public String id() {
        return handle.id();
    }

    @Override
    public EngineHandle handle() {
        return handle;
    }

    /** Whether the sandbox's kernel says that its first process runs. */
    boolean answersAsRunning() {
        try {
            return control.isRunning();
        } catch (EngineException e) {
            return false;
        }
    }

    @Override
    public void pause() {
        lock.lock();
        try {
            if (unsure) {
                throw new EngineException(Category.CONFLICT, "nobody knows whether sandbox " + id() + " stands still, so it cannot be paused");
            }
            if (!paused) {
                refuseIfEnded("paused");
                stop();
                paused = true;
                mark.standsStill();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Stopped without a lasting mark. */
    private void stop() {
        mark.changes();
        try {
            control.pause();
        } catch (EngineException e) {
            // It runs, or will in a moment.
            mark.runs();
            throw e;
        }
    }

    @Override
    public void resume() {
        lock.lock();
        try {
            if (paused || unsure) {
                refuseIfEnded("resumed");
                mark.changes();
                letGoOn();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Where that fails the kernel may have heard it all the same, or hear it later. */
    private void letGoOn() {
        paused = false;
        unsure = true;
        control.resume();
        unsure = false;
        mark.runs();
    }

    @Override
    public boolean mayStandStill() {
        lock.lock();
        try {
            return unsure;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void confirmRuns() {
        lock.lock();
        try {
            if (unsure) {
                unsure = false;
                mark.runs();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void saveMemory(Path folder) {
        saveMemory(folder, Durability.FLUSHED);
    }

    @Override
    public void saveMemory(Path folder, Durability durability) {
        lock.lock();
        try {
            refuseUnlessPaused("saved");
            long bytes = groups.usedMemory(group);
            memory.save(folder, bytes, durability, config.deadline(bytes));
        } catch (LinuxException e) {
            throw new EngineException(Category.CONFLICT, "sandbox " + id() + " has ended and cannot be saved", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flushDisk() {
        flushDisk(Durability.FLUSHED);
    }

    @Override
    public void flushDisk(Durability durability) {
        lock.lock();
        try {
            refuseUnlessPaused("written out");
            switch (durability) {
                case WRITTEN -> Mounts.write(disk.toPath());
                case FLUSHED -> Mounts.flush(disk.toPath());
            }
        } catch (LinuxException e) {
            throw new EngineException(e.category() == Category.EXHAUSTED ? Category.EXHAUSTED : Category.INTERNAL,
                    "the disk of sandbox " + id() + " could not be written out", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Usage usage() {
        try {
            var usage = groups.usage(group);
            long diskTotal = disk.getTotalSpace();
            return new Usage(
                    usage.cpu(), usage.memoryBytes(), usage.cacheBytes(), usage.tasks(), diskTotal - disk.getUsableSpace(), diskTotal);
        } catch (LinuxException e) {
            throw new EngineException(Category.CONFLICT, "sandbox " + id() + " has ended, so it uses nothing", e);
        }
    }

    @Override
    public CompletionStage<Exit> exited() {
        return exited.minimalCompletionStage();
    }

    /** Memory of processes and tmpfs files; where that surely is below {@code limit}, the cheaper figure with page cache. */
    long memoryInUse(long limit) {
        long charged = groups.chargedMemory(group);
        return charged < limit / 2 ? charged : groups.usedMemory(group);
    }

    /**
     * Ends the biggest guest process (not the first) and lets the others go on. Returns at once; while that is under way,
     * further calls do nothing.
     */
    void relieve(long limit) {
        if (relieving.compareAndSet(false, true)) {
            UrgentThreads.start("relieve " + id(), () -> {
                try {
                    endBiggestProcess();
                } catch (EngineException e) {
                    LOG.warn("the memory of sandbox {} is used up and no process could be ended: {}", id(), e.getMessage());
                }
                try {
                    awaitRelief(limit);
                } catch (LinuxException e) {
                    LOG.debug("sandbox {} has ended meanwhile", id(), e);
                } finally {
                    relieving.set(false);
                }
            });
        }
    }

    /** Standing still, so that nothing grows or changes place while the biggest is looked for. */
    private void endBiggestProcess() {
        lock.lock();
        try {
            if (paused || unsure || !handle.process().isAlive()) {
                return;
            }
            stop();
            try {
                var biggest = control.processes().stream().filter(process -> process.pid() > 1 && process.residentBytes() >= WORTH_ENDING)
                        .max(Comparator.comparingLong(ControlSocket.GuestProcess::residentBytes));
                if (biggest.isPresent()) {
                    control.kill(biggest.get());
                    LOG.info("the memory of sandbox {} is used up: ended its process {} ({}, {} MiB)", id(), biggest.get().pid(),
                            biggest.get().name(), biggest.get().residentBytes() >> 20);
                }
            } finally {
                letGoOn();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A gigabyte takes a while to be given back. If the use grows meanwhile, another process is at it: no more waiting. */
    private void awaitRelief(long limit) {
        long deadline = System.nanoTime() + RELIEF.toNanos();
        for (long use = groups.usedMemory(group), before = Long.MAX_VALUE; use > limit && use <= before && System.nanoTime() < deadline;
                use = groups.usedMemory(group)) {
            before = use;
            LockSupport.parkNanos(RELIEF_STEP.toNanos());
        }
    }

    /** From now on its end is no surprise. */
    void markRemoved() {
        removed = true;
    }

    private void refuseUnlessPaused(String what) {
        refuseIfEnded(what);
        if (!paused) {
            throw new EngineException(Category.CONFLICT, "sandbox " + id() + " is not paused and cannot be " + what);
        }
    }

    private void refuseIfEnded(String what) {
        if (exited.isDone() || !handle.process().isAlive()) {
            throw new EngineException(Category.CONFLICT, "sandbox " + id() + " has ended and cannot be " + what);
        }
    }

    private String cause() {
        if (removed) {
            return KILLED;
        }
        try {
            int status = waitStatus.get(LAST_WORD_MILLIS, TimeUnit.MILLISECONDS);
            int signal = status & 0x7f;
            return signal == 0 ? "exited with status " + (status >> 8 & 0xff) : "ended by signal " + signal;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return KILLED;
        } catch (ExecutionException | TimeoutException e) {
            return memoryRanOut() ? "out of memory" : KILLED;
        }
    }

    private boolean memoryRanOut() {
        try {
            return groups.outOfMemoryKills(group) > 0;
        } catch (LinuxException e) {
            return false;
        }
    }
}
