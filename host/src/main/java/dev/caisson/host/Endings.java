package dev.caisson.host;

import dev.caisson.engine.EngineSandbox;
import dev.caisson.engine.Exit;
import dev.caisson.host.journal.EndedLog;
import dev.caisson.host.journal.Journal;
import dev.caisson.host.journal.JournalException;
import dev.caisson.node.EndCause;
import dev.caisson.node.EndRecord;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * How sandboxes end, whatever the cause: found no more, links cut, everybody told, written down, taken apart. Of a standby's end
 * nobody is told.
 */
final class Endings {
    private static final Logger LOG = LoggerFactory.getLogger(Endings.class);

    /** The parts of an end that come before the undos, by name. */
    static final String CUT_LINK = "cut its link";
    static final String TELL = "tell who listens";
    static final String WRITE_INTENT = "write that it ends";
    static final String RECORD = "record how it ended";

    static final List<String> STEP_NAMES = List.of(CUT_LINK, TELL, WRITE_INTENT, RECORD);

    private final StepRunner runner;
    private final Sweeper sweeper;
    private final EndedLog log;
    private final InstantSource clock;
    private final Listeners listeners;
    private volatile boolean closed;

    Endings(StepRunner runner, Sweeper sweeper, EndedLog log, Listeners listeners, InstantSource clock) {
        this.runner = runner;
        this.sweeper = sweeper;
        this.log = log;
        this.listeners = listeners;
        this.clock = clock;
    }

    /** Begins the end of a sandbox on a thread of its own, or joins the one that has begun. */
    Phase.Ending begin(Sandbox sandbox, EndCause cause, String detail) {
        var ending = sandbox.end(record(sandbox, cause, detail));
        startFinish(sandbox, ending);
        return ending;
    }

    /** Ends a sandbox whose deadline has really passed; it may have been moved at the last moment. */
    void expire(Sandbox sandbox, String detail) {
        sandbox.expire(clock.instant(), record(sandbox, EndCause.DEADLINE, detail))
                .ifPresent(ending -> startFinish(sandbox, ending));
    }

    /** From here on the death of the engine's process ends the sandbox. */
    void watchEngine(Assembly assembly) {
        var engine = assembly.engine();
        var unused = engine.exited().thenAccept(exit -> afterDeath(assembly.sandbox(), engine, exit));
    }

    /** The thread that tells must not be held up. */
    private void afterDeath(Sandbox sandbox, EngineSandbox engine, Exit exit) {
        Thread.ofVirtual().name("died-" + sandbox.id()).start(() -> died(sandbox, engine, exit));
    }

    private void died(Sandbox sandbox, EngineSandbox engine, Exit exit) {
        if (closed || !sandbox.assembly().runsAs(engine)) {
            return;
        }
        switch (sandbox.phase()) {
            // Perhaps it was saved before that.
            case Phase.Pausing pausing -> pausing.over().thenRun(() -> afterDeath(sandbox, engine, exit));
            case Phase.Snapshotting snapshotting -> snapshotting.over().thenRun(() -> afterDeath(sandbox, engine, exit));
            // Its resume fails, and it rests again; or was about to be over.
            case Phase.Resuming resuming -> {
                stopResume(sandbox, engine);
                resuming.over().thenRun(() -> afterDeath(sandbox, engine, exit));
            }
            case Phase.Starting _, Phase.Running _ -> begin(sandbox, EndCause.ENGINE_DIED, exit.cause());
            case Phase.Paused _, Phase.Ending _ -> {}
        }
    }

    private static void stopResume(Sandbox sandbox, EngineSandbox engine) {
        sandbox.change(now -> {
            if (now instanceof Phase.Resuming resuming && sandbox.assembly().runsAs(engine)) {
                resuming.assembler().interrupt();
            }
            return now;
        });
    }

    /** Its agent answers no more; an answer that a closing host cut off says nothing. */
    void hung(Sandbox sandbox, String why) {
        if (!closed && sandbox.phase() instanceof Phase.Running) {
            begin(sandbox, EndCause.AGENT_HUNG, why);
        }
    }

    /** From here on another host may have the sandboxes, and what happens to them is its affair. */
    void close() {
        closed = true;
    }

    private void startFinish(Sandbox sandbox, Phase.Ending ending) {
        if (ending.claim()) {
            Thread.ofVirtual().name("end-" + sandbox.id()).start(() -> finish(sandbox, ending));
        }
    }

    /** For the thread that builds a sandbox: ends it here, with the earlier cause if it is to end already. */
    Phase.Ending abandon(Sandbox sandbox, EndCause cause, String detail) {
        return abandon(sandbox, record(sandbox, cause, detail));
    }

    Phase.Ending abandon(Sandbox sandbox, EndRecord record) {
        var ending = sandbox.end(record);
        if (ending.claimByAssembler()) {
            // An end that was asked for interrupts this thread, and no more from here on; taking apart is not to be interrupted.
            var unused = Thread.interrupted();
            finish(sandbox, ending);
        }
        return ending;
    }

    /**
     * For the thread of a transition that is over: takes the sandbox apart here if it was to end meanwhile.
     *
     * @return whether it was
     */
    boolean takeOver(Sandbox sandbox) {
        if (!(sandbox.phase() instanceof Phase.Ending ending)) {
            return false;
        }
        if (ending.claimByAssembler()) {
            var unused = Thread.interrupted();
            finish(sandbox, ending);
        }
        return true;
    }

    EndRecord record(Sandbox sandbox, EndCause cause, String detail) {
        return new EndRecord(sandbox.id(), sandbox.assembly().owner(), clock.instant(), cause, detail);
    }

    private void finish(Sandbox sandbox, Phase.Ending ending) {
        var assembly = sandbox.assembly();
        assembly.restNoMore();
        try {
            attempt(assembly, CUT_LINK, () -> assembly.anyAgent().ifPresent(agent -> agent.close()));
            if (!sandbox.isStandby()) {
                attempt(assembly, TELL, () -> listeners.ended(ending.end()));
                attempt(assembly, WRITE_INTENT, () -> writeIntent(assembly, ending.end()));
                attempt(assembly, RECORD, () -> record(assembly, ending.end()));
            }
            runner.unwind(assembly);
            LOG.atLevel(sandbox.isStandby() ? Level.DEBUG : Level.INFO).log(
                    "sandbox {} ended: {} ({})", sandbox.id(), ending.end().cause(), ending.end().detail());
        } catch (StepRunner.StepFailed failure) {
            sweeper.take(assembly, failure);
        } finally {
            ending.firstTry().complete(null);
        }
    }

    private void record(Assembly assembly, EndRecord end) {
        // Refused creates must not push the ends of real sandboxes out of the log.
        if (!assembly.isUnheardOf()) {
            log.add(end);
        }
    }

    /** None of these may keep a sandbox from being taken apart. */
    private void attempt(Assembly assembly, String name, Runnable action) {
        try {
            runner.run(assembly, name, action);
        } catch (StepRunner.StepFailed failure) {
            LOG.warn("sandbox {}: {}; it ends all the same", assembly.id(), failure.reason());
        }
    }

    /** One that was saved must not come back after a power cut. */
    private static void write(Assembly assembly, Journal journal) {
        if (assembly.journal().info().run() > 1 || assembly.journal().saved().isPresent()) {
            assembly.folder().writeFlushed(journal);
        } else {
            assembly.folder().write(journal);
        }
    }

    private static void writeIntent(Assembly assembly, EndRecord end) {
        if (assembly.anyJournal().isEmpty()) {
            return;
        }
        var journal = assembly.journal().with(new Journal.Phase.Ending(end));
        try {
            write(assembly, journal);
            assembly.journal(journal);
        } catch (JournalException e) {
            // On a full disk: a sandbox without a journal is taken apart by the next server as well.
            assembly.folder().forget();
            throw e;
        }
    }
}
