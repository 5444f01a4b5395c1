package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.host.journal.JournalException;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import java.time.Instant;
import java.util.function.Consumer;

/** Moves deadlines: in the journal first, so that a move that was answered survives the server. */
final class DeadlineMoves {
    private final Deadlines deadlines;
    private final TimeUp timeUp;
    private final Consumer<SandboxInfo> moved;

    /** @param moved is told of each move */
    DeadlineMoves(Deadlines deadlines, TimeUp timeUp, Consumer<SandboxInfo> moved) {
        this.deadlines = deadlines;
        this.timeUp = timeUp;
        this.moved = moved;
    }

    /** Sets it; one that has passed ends the sandbox at once. */
    SandboxInfo set(Sandbox sandbox, Instant deadline) {
        var info = running(sandbox, sandbox.update(running -> move(sandbox, running, deadline)));
        timeUp.passed(sandbox);
        return info;
    }

    /** Sets it if it is later than the one there is. */
    SandboxInfo extend(Sandbox sandbox, Instant deadline) {
        return running(sandbox, sandbox.update(running ->
                deadline.isAfter(running.info().deadline()) ? move(sandbox, running, deadline) : running));
    }

    private Phase.Running move(Sandbox sandbox, Phase.Running running, Instant deadline) {
        var assembly = sandbox.assembly();
        var journal = assembly.journal().withDeadline(deadline);
        try {
            assembly.folder().write(journal);
        } catch (JournalException e) {
            throw new NodeException(e.category(), "the deadline was not moved: " + e.getMessage(), e);
        }
        assembly.journal(journal);
        deadlines.set(sandbox.id(), deadline);
        moved.accept(journal.info());
        return new Phase.Running(journal.info(), running.engine(), running.agent());
    }

    /** The texts are those clients know: {@code contract/rest-api.md} §5.1. */
    private static SandboxInfo running(Sandbox sandbox, Phase phase) {
        return switch (phase) {
            case Phase.Running running -> running.info();
            case Phase.Starting _, Phase.Paused _ -> throw NodeException.notFound(sandbox.id());
            case Phase.Snapshotting _ -> throw conflict(sandbox, "snapshotted");
            case Phase.Pausing _ -> throw conflict(sandbox, "paused");
            case Phase.Resuming _ -> throw conflict(sandbox, "resumed");
            case Phase.Ending _ -> throw conflict(sandbox, "killed");
        };
    }

    private static NodeException conflict(Sandbox sandbox, String what) {
        return new NodeException(Category.CONFLICT, "sandbox " + sandbox.id() + " is being " + what);
    }
}
