package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.Durability;
import dev.caisson.engine.EngineException;
import dev.caisson.engine.EngineHandle;
import dev.caisson.linux.LinuxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the kernel of one paused sandbox write its memory. Its caller sees to it that the sandbox stays paused meanwhile. */
final class MemorySaver {
    private static final Logger LOG = LoggerFactory.getLogger(MemorySaver.class);

    private static final Duration END = Duration.ofSeconds(1);

    private final EngineHandle handle;
    private final Places places;
    private final Builds builds;
    private final GvisorConfig config;
    private final ControlSocket control;
    /** Held while the tool runs. */
    private final ReentrantLock running = new ReentrantLock();
    private boolean closed;

    MemorySaver(EngineHandle handle, Places places, Builds builds, GvisorConfig config, ControlSocket control) {
        this.handle = handle;
        this.places = places;
        this.builds = builds;
        this.config = config;
        this.control = control;
    }

    /** @param bytes of memory that it has */
    void save(Path folder, long bytes, Durability durability) {
        var tool = builds.find(handle.build());
        MemoryImage.save(folder, handle.id(), handle.build(), places.spec(handle.id()), bytes, durability,
                target -> write(tool, target, config.deadline(bytes)));
    }

    /**
     * Lets the tool run no more, and waits for the one that runs: without the sandbox's kernel it ends at once. What it may have
     * left in the state folder is removed by whoever removes the sandbox after this.
     *
     * @return whether one ran
     */
    boolean close() {
        boolean ran = !running.tryLock();
        if (ran) {
            running.lock();
        }
        try {
            closed = true;
            return ran;
        } finally {
            running.unlock();
        }
    }

    private void write(Tool tool, Path target, Duration deadline) {
        running.lock();
        try {
            if (closed) {
                throw ended(null);
            }
            tool.checkpoint(places, handle.id(), target, deadline);
        } catch (LinuxException e) {
            throw failure(e);
        } finally {
            running.unlock();
        }
    }

    private EngineException failure(LinuxException cause) {
        settle(cause);
        if (!handle.process().isAlive()) {
            return ended(cause);
        }
        if (String.valueOf(cause.getMessage()).contains("no space left on device")) {
            return new EngineException(Category.EXHAUSTED, "the memory of sandbox " + handle.id() + " could not be saved: there is no space left", cause);
        }
        return new EngineException(cause.category() == Category.TIMEOUT ? Category.TIMEOUT : Category.INTERNAL,
                "the memory of sandbox " + handle.id() + " could not be saved: gVisor refused or failed; the server's log has its words", cause);
    }

    /** Where the tool was ended, the kernel may be at it still, into files that are gone; it answers nothing else until it is done. */
    private void settle(LinuxException cause) {
        try {
            control.settle(config.startDeadline());
        } catch (EngineException e) {
            cause.addSuppressed(e);
            if (e.category() == Category.UNAVAILABLE) {
                awaitEnd();
            } else {
                LOG.warn("sandbox {} does not answer after its memory could not be saved: {}", handle.id(), e.getMessage());
            }
        }
    }

    /** The socket of one that is ended closes a little before its process is gone. */
    private void awaitEnd() {
        long deadline = System.nanoTime() + END.toNanos();
        while (handle.process().isAlive() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private EngineException ended(@Nullable Throwable cause) {
        return new EngineException(Category.CONFLICT, "sandbox " + handle.id() + " has ended and cannot be saved", cause);
    }
}
