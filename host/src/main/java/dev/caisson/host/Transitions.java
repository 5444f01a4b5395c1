package dev.caisson.host;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How callers wait for what is happening to a sandbox. Who gives up disturbs nothing. */
record Transitions(Duration patience) {

    /**
     * Waits until something else is over, however it ends.
     *
     * @throws NodeException {@code TIMEOUT}
     */
    void await(CompletableFuture<Void> over, Sandbox sandbox) {
        try {
            over.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("such a future completes normally", e);
        } catch (TimeoutException e) {
            throw tooLong(sandbox, e);
        } catch (InterruptedException e) {
            throw interrupted(sandbox, e);
        }
    }

    /**
     * Waits for the answer of one's own transition, or of the one that was joined.
     *
     * @param what it is, for people
     * @throws NodeException with its failure; {@code TIMEOUT}
     */
    SandboxInfo answer(CompletableFuture<SandboxInfo> answer, String what, Sandbox sandbox) {
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause(), what, sandbox);
        } catch (TimeoutException e) {
            throw tooLong(sandbox, e);
        } catch (InterruptedException e) {
            throw interrupted(sandbox, e);
        }
    }

    private static NodeException failure(Throwable failure, String what, Sandbox sandbox) {
        if (failure instanceof NodeException whole) {
            return new NodeException(whole.category(), whole.reason(), String.valueOf(whole.getMessage()), whole);
        }
        var cause = failure.getCause() == null ? failure : failure.getCause();
        var text = "could not " + what + " sandbox " + sandbox.id() + ": " + failure.getMessage();
        return new NodeException(category(cause), text, failure);
    }

    private static Category category(Throwable cause) {
        return switch (cause) {
            case NodeException node -> node.category();
            case CaissonException full when full.category() == Category.EXHAUSTED -> Category.EXHAUSTED;
            case CaissonException unsupported when unsupported.category() == Category.UNSUPPORTED -> Category.UNSUPPORTED;
            default -> Category.INTERNAL;
        };
    }

    private static NodeException tooLong(Sandbox sandbox, TimeoutException e) {
        return new NodeException(Category.TIMEOUT, "what happens to sandbox " + sandbox.id() + " takes too long; try again", e);
    }

    private static NodeException interrupted(Sandbox sandbox, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new NodeException(Category.UNAVAILABLE, "nobody waits for sandbox " + sandbox.id() + " any more", e);
    }
}
