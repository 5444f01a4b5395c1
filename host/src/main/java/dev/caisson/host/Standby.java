package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.host.standby.StandbyConfig;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A sandbox that is prepared for nobody yet. Its thread sleeps until somebody claims it or something ends it; what happens first
 * counts. Safe for use by many threads.
 */
final class Standby {
    /** What its thread does between preparing and claiming, by name. */
    static final String WAIT = "wait to be claimed";

    /** What the one who claims it wants, and gets. */
    private record Errand(Assembly.Order order, CompletableFuture<SandboxInfo> result) {}

    private final Sandbox sandbox;
    private final CompletableFuture<Errand> wanted = new CompletableFuture<>();

    Standby(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    Sandbox sandbox() {
        return sandbox;
    }

    /** Makes it somebody's. The answer fails if it is no more, or if its agent does not take the order. */
    CompletableFuture<SandboxInfo> claim(Assembly.Order order) {
        var result = new CompletableFuture<SandboxInfo>();
        sandbox.claimed();
        if (!wanted.complete(new Errand(order, result))) {
            result.completeExceptionally(new NodeException(Category.UNAVAILABLE, "it has ended"));
        }
        return result;
    }

    /**
     * For its own thread: waits until it is claimed, and sees now and then and at the claim that its agent answers.
     *
     * @throws dev.caisson.guest.GuestException if it does not
     * @throws NodeException {@code UNAVAILABLE} if it was ended
     */
    Assembly.Order await(StandbyConfig config) {
        while (true) {
            var order = await(config.pingEvery().toMillis());
            sandbox.assembly().agent().ping(config.pingDeadline());
            if (order.isPresent()) {
                return order.get();
            }
        }
    }

    private Optional<Assembly.Order> await(long millis) {
        try {
            return Optional.of(wanted.get(millis, TimeUnit.MILLISECONDS).order());
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NodeException(Category.UNAVAILABLE, "it was ended while it waited", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a claim never fails before its time", e);
        }
    }

    /** For its own thread, when it is somebody's and runs. */
    void delivered(SandboxInfo info) {
        wanted.join().result().complete(info);
    }

    /** For its own thread, when it is no more: nobody can claim it, and who did is told. Does nothing once it was delivered. */
    void over(Throwable why) {
        if (!wanted.cancel(false) && !wanted.isCancelled()) {
            wanted.join().result().completeExceptionally(why);
        }
    }
}
