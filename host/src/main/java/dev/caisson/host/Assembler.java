package dev.caisson.host;

import dev.caisson.node.EndCause;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds sandboxes, each on a thread of its own: what fails is taken apart by the same thread. */
final class Assembler {
    private static final Logger LOG = LoggerFactory.getLogger(Assembler.class);

    private final StepRunner runner;
    private final Endings endings;
    private final AwaitTurn turn;

    Assembler(StepRunner runner, Endings endings, AwaitTurn turn) {
        this.runner = runner;
        this.endings = endings;
        this.turn = turn;
    }

    /**
     * To be called on the sandbox's own thread.
     *
     * @param steps runs what there is to do with the runner that it is given
     * @return why it failed, with nothing left of the sandbox; empty if it did not
     */
    Optional<StepRunner.StepFailed> build(Sandbox sandbox, Steps steps) {
        var over = false;
        try {
            steps.run(runner);
            over = true;
            return Optional.empty();
        } catch (StepRunner.StepFailed e) {
            LOG.debug("sandbox {} fails", sandbox.id(), e);
            endings.abandon(sandbox, EndCause.FAILED, e.reason()).firstTry().join();
            over = true;
            return Optional.of(e);
        } finally {
            turn.giveBack(sandbox.assembly());
            if (!over) {
                // Only an Error comes here; it goes on to the thread's handler.
                endings.abandon(sandbox, EndCause.FAILED, "a defect of the server");
            }
        }
    }

    /** What there is to do. */
    interface Steps {
        void run(StepRunner runner);
    }
}
