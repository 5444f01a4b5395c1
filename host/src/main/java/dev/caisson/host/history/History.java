package dev.caisson.host.history;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.node.LogLevel;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxLogs;
import dev.caisson.node.UsageHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is remembered of the sandboxes of a host. One thread looks at all of them, one writes their logs. Safe for use by many
 * threads.
 */
public final class History implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(History.class);
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final HistoryConfig config;
    private final Supplier<Collection<Subject>> running;
    private final UsageStore usage;
    private final LogStore logs;
    private final TeamTally teams;
    private final Sampler sampler;
    private final Retention retention;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    private final Thread thread;
    private boolean closed;

    /**
     * @param root {@code <data>/history}; made if it is not there
     * @param running those that run now
     * @throws NodeException {@code INTERNAL} if the folder cannot be made
     */
    public History(Path root, HistoryConfig config, InstantSource clock, Supplier<Collection<Subject>> running) {
        this.config = config;
        this.running = running;
        var folder = new HistoryFolder(root);
        try {
            HistoryFolder.makeFor(root.resolve("any"));
        } catch (IOException e) {
            throw new NodeException(Category.INTERNAL, "could not make the folder " + root + ": " + e.getMessage(), e);
        }
        var room = new Room(root, config.leastFreeBytes());
        usage = new UsageStore(folder, config, room, clock);
        logs = new LogStore(folder, config, room, clock);
        teams = new TeamTally(usage, config.sampleEvery(), clock, System::nanoTime);
        sampler = new Sampler(running, usage, teams, config.sampleEvery(), clock, System::nanoTime);
        retention = new Retention(folder, config, clock);
        thread = Thread.ofPlatform().daemon().name("caisson-usage").start(this::run);
    }

    public UsageHistory usage() {
        return usage;
    }

    public SandboxLogs logs() {
        return logs;
    }

    /** A sandbox was made: counts it, and begins its log. */
    public void started(String owner, SandboxId id, String message, Map<String, String> fields) {
        teams.started(owner);
        logs.append(owner, id, LogLevel.INFO, "sandbox", message, fields);
    }

    /** A sandbox has ended: ends its log, if it ever had one. */
    public void ended(String owner, SandboxId id, LogLevel level, String message, Map<String, String> fields) {
        logs.appendLast(owner, id, level, "sandbox", message, fields);
    }

    private void run() {
        var nextSweep = System.nanoTime() + AGAIN.toNanos();
        while (awaitTick()) {
            try {
                sampler.tick();
                logs.forgetAllBut(ids());
                if (System.nanoTime() - nextSweep >= 0) {
                    nextSweep = System.nanoTime() + (sweep() ? AGAIN : config.sweeping().every()).toNanos();
                }
            } catch (RuntimeException e) {
                // A defect must not end the samples of all sandboxes; it is told and the next tick tries again.
                LOG.error("the sandboxes could not be looked at", e);
            }
        }
    }

    private boolean sweep() {
        return retention.sweep(ids()::contains);
    }

    private Set<SandboxId> ids() {
        return running.get().stream().map(subject -> subject.info().id()).collect(Collectors.toSet());
    }

    /** Waits for the next tick; false when this is closed. */
    private boolean awaitTick() {
        lock.lock();
        try {
            var left = config.tick().toNanos();
            while (!closed && left > 0) {
                left = closing.awaitNanos(left);
            }
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Stops looking, and writes what waits. What is kept stays, for the next one. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            closing.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        logs.close();
    }
}
