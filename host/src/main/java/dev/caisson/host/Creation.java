package dev.caisson.host;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.node.EndCause;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sandboxes: runs the steps on a thread of the sandbox's own, so that a caller who leaves disturbs nothing. */
final class Creation {
    private static final Logger LOG = LoggerFactory.getLogger(Creation.class);

    private final LifeSteps steps;
    private final StepRunner runner;
    private final Endings endings;

    Creation(LifeSteps steps, StepRunner runner, Endings endings) {
        this.steps = steps;
        this.runner = runner;
        this.endings = endings;
    }

    /** @throws NodeException with nothing left */
    SandboxInfo create(SandboxFolder folder, Assembly.Order order) {
        var result = new CompletableFuture<SandboxInfo>();
        var start = new CompletableFuture<Sandbox>();
        var thread = Thread.ofVirtual().name("create-" + folder.id()).unstarted(() -> assemble(start.join(), result));
        var sandbox = new Sandbox(folder, new Phase.Starting(thread));
        sandbox.assembly().order(order);
        start.complete(sandbox);
        thread.start();
        return await(sandbox, result);
    }

    private SandboxInfo await(Sandbox sandbox, CompletableFuture<SandboxInfo> result) {
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw failure(sandbox, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            endings.begin(sandbox, EndCause.FAILED, "its creator was interrupted");
            throw failure(sandbox, e);
        }
    }

    private void assemble(Sandbox sandbox, CompletableFuture<SandboxInfo> result) {
        var assembly = sandbox.assembly();
        try {
            runner.apply(steps.creation(), assembly);
            result.complete(assembly.journal().info());
        } catch (StepRunner.StepFailed e) {
            LOG.debug("sandbox {} fails", sandbox.id(), e);
            endings.abandon(sandbox, EndCause.FAILED, e.reason()).firstTry().join();
            result.completeExceptionally(e);
        } finally {
            steps.turn().giveBack(assembly);
            if (!result.isDone()) {
                // Only an Error comes here; it goes on to the thread's handler.
                endings.abandon(sandbox, EndCause.FAILED, "a defect of the server");
                result.completeExceptionally(new IllegalStateException("a defect of the server"));
            }
        }
    }

    private static NodeException failure(Sandbox sandbox, Throwable failure) {
        var cause = failure.getCause() == null ? failure : failure.getCause();
        var text = sandbox.phase() instanceof Phase.Ending ending ? ending.end().detail() : failure.getMessage();
        return new NodeException(category(cause), "could not make a sandbox: " + text, failure);
    }

    private static Category category(Throwable cause) {
        return switch (cause) {
            case NodeException node -> node.category();
            case CaissonException full when full.category() == Category.EXHAUSTED -> Category.EXHAUSTED;
            default -> Category.INTERNAL;
        };
    }
}
