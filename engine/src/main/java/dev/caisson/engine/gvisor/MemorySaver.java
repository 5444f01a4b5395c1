package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.Durability;
import dev.caisson.engine.EngineException;
import dev.caisson.engine.EngineHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the kernel of one paused sandbox write its memory. Its caller sees to it that the sandbox stays paused meanwhile. */
record MemorySaver(EngineHandle handle, Places places, Builds builds, ControlSocket control) {
    private static final Logger LOG = LoggerFactory.getLogger(MemorySaver.class);
    /** How long after a failure a kernel may need until it has written what it was told to. */
    private static final Duration SETTLING = Duration.ofSeconds(20);
    private static final Duration END = Duration.ofSeconds(1);

    /**
     * Saves it, unless the build that alone could restore it is not here.
     *
     * @param bytes of memory that it has
     * @param patience for the kernel's part
     */
    void save(Path folder, long bytes, Durability durability, Duration patience) {
        builds.find(handle.build());
        MemoryImage.save(folder, handle.id(), handle.build(), places.spec(handle.id()), bytes, durability, target -> write(target, patience));
    }

    private void write(Path target, Duration patience) {
        try {
            control.checkpoint(target, patience);
        } catch (EngineException e) {
            throw failure(e);
        }
    }

    private EngineException failure(EngineException cause) {
        settle(cause);
        if (!handle.process().isAlive()) {
            return new EngineException(Category.CONFLICT, "sandbox " + handle.id() + " has ended and cannot be saved", cause);
        }
        return switch (cause.category()) {
            case EXHAUSTED -> new EngineException(
                    Category.EXHAUSTED, "the memory of sandbox " + handle.id() + " could not be saved: there is no space left", cause);
            case TIMEOUT -> new EngineException(
                    Category.TIMEOUT, "the memory of sandbox " + handle.id() + " could not be saved in time", cause);
            default -> new EngineException(
                    Category.INTERNAL, "the memory of sandbox " + handle.id() + " could not be saved; the server's log has gVisor's words", cause);
        };
    }

    /** A kernel that was not waited for may be at it still, into files that are gone; it answers nothing else until it is done. */
    private void settle(EngineException cause) {
        try {
            control.settle(SETTLING);
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
}
