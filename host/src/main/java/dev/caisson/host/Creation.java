package dev.caisson.host;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.guest.GuestException;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.host.standby.Standbys;
import dev.caisson.image.TemplateBuild;
import dev.caisson.node.EndCause;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sandboxes: claims one that was prepared ahead, or prepares and claims one. The steps run on a thread of the sandbox's own,
 * so that a caller who leaves disturbs nothing.
 */
final class Creation {
    private static final Logger LOG = LoggerFactory.getLogger(Creation.class);

    /** So many standbys may turn out useless before a create makes its own. */
    private static final int STANDBYS_TRIED = 2;

    private final Path sandboxes;
    private final Kinds kinds;
    private final Standbys<Standby> standbys;
    private final LifeSteps steps;
    private final Assembler assembler;
    private final Endings endings;

    Creation(
            Path sandboxes, Kinds kinds, Standbys<Standby> standbys, LifeSteps steps, Assembler assembler, Endings endings) {
        this.sandboxes = sandboxes;
        this.kinds = kinds;
        this.standbys = standbys;
        this.steps = steps;
        this.assembler = assembler;
        this.endings = endings;
    }

    /** @throws NodeException with nothing left */
    SandboxInfo create(Assembly.Order order) {
        return order.origin() instanceof Origin.Template(TemplateBuild build) ? create(order, build) : make(order);
    }

    private SandboxInfo create(Assembly.Order order, TemplateBuild build) {
        var kind = kinds.of(build, order.request().internet());
        for (var tried = 0; tried < STANDBYS_TRIED; tried++) {
            var standby = standbys.take(kind);
            if (standby.isEmpty()) {
                break;
            }
            try {
                return await(standby.get().sandbox(), standby.get().claim(order));
            } catch (NodeException e) {
                if (isTheCallers(e)) {
                    throw e;
                }
                LOG.info("standby {} is of no use and was discarded: {}", standby.get().sandbox().id(), e.getMessage());
            }
        }
        return make(order);
    }

    /** Another sandbox would fail as well: it is refused what was asked for, or nobody waits any more. */
    private static boolean isTheCallers(NodeException failure) {
        return failure.category() == Category.INVALID || Thread.currentThread().isInterrupted();
    }

    private SandboxInfo make(Assembly.Order order) {
        var folder = SandboxFolder.of(sandboxes, SandboxId.random());
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
            assembler.build(sandbox, runner -> {
                var copy = assembly.origin() instanceof Origin.Saved saved && saved.goesOn();
                runner.apply(copy ? steps.prepareCopy() : steps.prepare(), assembly);
                runner.apply(copy ? steps.claimCopy() : steps.claim(), assembly);
                result.complete(assembly.journal().info());
            }).ifPresent(result::completeExceptionally);
        } finally {
            result.completeExceptionally(new IllegalStateException("a defect of the server"));
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
            case GuestException refused when refused.category() == Category.INVALID -> Category.INVALID;
            default -> Category.INTERNAL;
        };
    }
}
