package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.host.snapshot.SavedState;
import dev.caisson.host.snapshot.SnapshotManifest.Kind;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.ForkRequest;
import dev.caisson.node.ForkResult;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.ShownTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Makes new sandboxes that go on from where a running one is. It is saved once, and what was saved goes when all are made. */
final class Forks {
    /** The most at once: {@code contract/rest-api.md} §7.2. */
    private static final int MOST = 100;

    private final LiveSaves saves;
    private final Creation creation;
    private final LifeLog log;

    Forks(LiveSaves saves, Creation creation, LifeLog log) {
        this.saves = saves;
        this.creation = creation;
        this.log = log;
    }

    List<ForkResult> fork(Sandbox sandbox, ForkRequest request) {
        if (request.count() < 1 || request.count() > MOST) {
            throw new NodeException(Category.INVALID, "a fork makes 1 to " + MOST + " sandboxes, not " + request.count());
        }
        var source = sandbox.found().orElseThrow(() -> NodeException.notFound(sandbox.id()));
        if (sandbox.phase() instanceof Phase.Paused) {
            throw new NodeException(Category.CONFLICT, "sandbox " + sandbox.id() + " is paused; resume it before it is forked");
        }
        try (var state = saves.save(sandbox, Save.Wanted.of(Kind.FORK, true), Save::handOver)) {
            log.saved(source.owner(), source.id(), "Forked into " + request.count());
            return children(request.count(), order(source, request, state));
        }
    }

    /** Like its source; the environment of that is in its memory. */
    private static Assembly.Order order(SandboxInfo source, ForkRequest request, SavedState state) {
        return new Assembly.Order(
                new CreateRequest(
                        source.templateId(), Optional.of(new ShownTemplate(source.templateId(), source.templateNames())), source.owner(),
                        request.timeout(), source.secured(), source.internet(), source.ingress(), source.lifecycle(),
                        source.metadata(), Map.of()),
                new Origin.Saved(state));
    }

    private List<ForkResult> children(int count, Assembly.Order order) {
        var results = new ArrayList<ForkResult>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var children = new ArrayList<Future<SandboxInfo>>();
            for (var i = 0; i < count; i++) {
                children.add(threads.submit(() -> creation.create(order)));
            }
            for (var child : children) {
                results.add(result(child));
            }
        }
        return results;
    }

    private static ForkResult result(Future<SandboxInfo> child) {
        try {
            return new ForkResult.Made(child.get());
        } catch (ExecutionException e) {
            return new ForkResult.Failed(e.getCause() instanceof NodeException why
                    ? why
                    : new NodeException(Category.INTERNAL, "a sandbox could not be made: " + e.getCause(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new ForkResult.Failed(new NodeException(Category.UNAVAILABLE, "nobody waits for it any more", e));
        }
    }
}
