package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import dev.caisson.engine.EngineHandle;
import dev.caisson.engine.EngineSandbox;
import dev.caisson.engine.Exit;
import dev.caisson.engine.Usage;
import dev.caisson.linux.ControlGroups;
import dev.caisson.linux.ExitWatcher;
import dev.caisson.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/** A sandbox whose kernel runs or ran. */
final class GvisorSandbox implements EngineSandbox {
    private static final String KILLED = "killed";
    /** The end of the kernel's process and its last word on the control socket come in any order. */
    private static final long LAST_WORD_MILLIS = 30;

    private final EngineHandle handle;
    private final ControlSocket control;
    private final ControlGroups groups;
    private final String group;
    private final Path pausedMark;
    private final ReentrantLock lock = new ReentrantLock();
    private final CompletableFuture<Exit> exited = new CompletableFuture<>();
    private final CompletableFuture<Integer> waitStatus = new CompletableFuture<>();
    private boolean paused;
    private volatile boolean removed;

    GvisorSandbox(EngineHandle handle, Places places, ControlGroups groups) {
        this.handle = handle;
        this.control = new ControlSocket(places.socket(handle.id()), handle.id());
        this.groups = groups;
        this.group = places.group(handle.id());
        this.pausedMark = places.pausedMark(handle.id());
        this.paused = Files.exists(pausedMark);
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
            if (!paused) {
                refuseIfEnded("paused");
                control.pause();
                paused = true;
                Files.createFile(pausedMark);
            }
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "sandbox " + id() + " is paused, but that could not be recorded", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void resume() {
        lock.lock();
        try {
            if (paused) {
                refuseIfEnded("resumed");
                // In this order a crash in between leaves a sandbox that stands still, not one that a second resume would end.
                Files.deleteIfExists(pausedMark);
                paused = false;
                control.resume();
            }
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "sandbox " + id() + " stays paused: its mark could not be removed", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Usage usage() {
        try {
            var usage = groups.usage(group);
            return new Usage(usage.cpu(), usage.memoryBytes(), usage.cacheBytes(), usage.tasks());
        } catch (LinuxException e) {
            throw new EngineException(Category.CONFLICT, "sandbox " + id() + " has ended, so it uses nothing", e);
        }
    }

    @Override
    public CompletionStage<Exit> exited() {
        return exited.minimalCompletionStage();
    }

    /** From now on its end is no surprise. */
    void markRemoved() {
        removed = true;
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
