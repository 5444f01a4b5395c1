package dev.caisson.front;

import dev.caisson.base.CaissonException;
import dev.caisson.base.SandboxId;
import dev.caisson.http.Exchange;
import dev.caisson.node.Pause;
import dev.caisson.node.SandboxInfo;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where requests to paused sandboxes come ({@code contract/rest-api.md} §9.3): those that may wake one do, together, and wait for
 * it; they are as bounded as those under way. Safe for use by many threads.
 */
final class PausedDoor {
    private static final Logger LOG = LoggerFactory.getLogger(PausedDoor.class);

    private final TrafficGate gate;
    private final EnvdAccess envd;
    private final Waker waker;
    private final FrontLimits limits;
    private final OpenExchanges waiting;
    private final Map<SandboxId, CompletableFuture<SandboxInfo>> waking = new ConcurrentHashMap<>();

    PausedDoor(TrafficGate gate, EnvdAccess envd, Waker waker, FrontLimits limits) {
        this.gate = gate;
        this.envd = envd;
        this.waker = waker;
        this.limits = limits;
        this.waiting = new OpenExchanges(limits);
    }

    /**
     * Brings the sandbox back if this request may.
     *
     * @return the answer; empty if another look is worth while, as it ran a moment ago
     * @throws IOException if the client has left meanwhile
     */
    Optional<SandboxPage> knock(SandboxInfo sandbox, int port, Exchange exchange) throws IOException {
        if (!canBeWoken(sandbox)) {
            return Optional.of(SandboxPage.notFound(sandbox.id().value()));
        }
        var refusal = refusal(sandbox, port, exchange);
        return refusal.isPresent() ? refusal : waitFor(sandbox, exchange);
    }

    /** So many wait. */
    int waiting() {
        return waiting.count();
    }

    /** Also one that is still on its way to be paused: what was saved of it is seen later. */
    private static boolean canBeWoken(SandboxInfo sandbox) {
        return sandbox.lifecycle().wokenByTraffic()
                && sandbox.pause().saved() != Pause.Saved.FILES
                && sandbox.pause().agentAnswered();
    }

    private Optional<SandboxPage> refusal(SandboxInfo sandbox, int port, Exchange exchange) {
        if (port != Addressing.ENVD_PORT) {
            return gate.refusal(sandbox, exchange);
        }
        return envd.admits(sandbox, exchange) ? Optional.empty() : Optional.of(SandboxPage.wrongCredentials(sandbox.id().value()));
    }

    private Optional<SandboxPage> waitFor(SandboxInfo sandbox, Exchange exchange) throws IOException {
        return switch (waiting.add(sandbox.id(), exchange)) {
            case TOO_MANY_WITH_SANDBOX -> Optional.of(SandboxPage.tooManyConnections(sandbox.id().value(), limits.perSandbox()));
            case TOO_MANY -> Optional.of(SandboxPage.serverBusy(sandbox.id().value()));
            case ADMITTED -> {
                try {
                    yield awaitRun(sandbox, exchange);
                } finally {
                    waiting.remove(sandbox.id(), exchange);
                }
            }
        };
    }

    private Optional<SandboxPage> awaitRun(SandboxInfo sandbox, Exchange exchange) throws IOException {
        // A copy, so that whoever leaves takes nothing from the others.
        var mine = waking.computeIfAbsent(sandbox.id(), id -> begin(sandbox)).copy();
        exchange.onAbort(() -> mine.cancel(false));
        try {
            mine.get(limits.wakePatience().toMillis(), TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (CancellationException e) {
            throw new IOException("the client left while sandbox " + sandbox.id() + " was resumed", e);
        } catch (TimeoutException e) {
            return Optional.of(SandboxPage.inTransition(sandbox.id().value()));
        } catch (ExecutionException e) {
            return page(sandbox, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while sandbox " + sandbox.id() + " was resumed", e);
        }
    }

    private CompletableFuture<SandboxInfo> begin(SandboxInfo sandbox) {
        var outcome = new CompletableFuture<SandboxInfo>();
        Thread.ofVirtual().name("wake-" + sandbox.id()).start(() -> {
            try {
                var woken = waker.wake(sandbox);
                waking.remove(sandbox.id(), outcome);
                outcome.complete(woken);
            } catch (RuntimeException | Error e) {
                waking.remove(sandbox.id(), outcome);
                outcome.completeExceptionally(e);
            }
        });
        return outcome;
    }

    /** Empty where a second look tells more: something else happened to it meanwhile, or was saved of it than was thought. */
    private static Optional<SandboxPage> page(SandboxInfo sandbox, ExecutionException failure) throws IOException {
        var id = sandbox.id().value();
        if (!(failure.getCause() instanceof CaissonException why)) {
            throw new IOException("sandbox " + id + " could not be resumed", failure);
        }
        return switch (why.category()) {
            case CONFLICT -> Optional.empty();
            case NOT_FOUND -> Optional.of(SandboxPage.notFound(id));
            case EXHAUSTED -> Optional.of(SandboxPage.noPlace(id, String.valueOf(why.getMessage())));
            case UNAVAILABLE -> Optional.of(SandboxPage.noRoom(id));
            case TIMEOUT -> Optional.of(SandboxPage.inTransition(id));
            case INVALID, UNAUTHENTICATED, DENIED, UNSUPPORTED, INTERNAL -> {
                LOG.warn("sandbox {} could not be resumed for a request to it", id, why);
                yield Optional.of(SandboxPage.notResumed(id));
            }
        };
    }
}
