package dev.caisson.host;

import dev.caisson.host.standby.Standbys;
import dev.caisson.node.EndCause;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Gets back what standbys take, for a sandbox that somebody wants. Safe for use by many threads. */
final class StandbyRoom {
    private final Registry registry;
    private final Standbys<Standby> standbys;
    private final Endings endings;
    private final Duration patience;

    /** @param patience for one to be gone */
    StandbyRoom(Registry registry, Standbys<Standby> standbys, Endings endings, Duration patience) {
        this.registry = registry;
        this.standbys = standbys;
        this.endings = endings;
        this.patience = patience;
    }

    /** Begins to free what one takes that is ready. */
    void begin() {
        var unused = ready();
    }

    /** Waits until one is gone, be it ready, half made or on its way out; false if there is none. */
    boolean free() {
        var ending = leaving().or(this::ready).or(this::halfMade);
        ending.ifPresent(this::await);
        return ending.isPresent();
    }

    private Optional<Phase.Ending> ready() {
        return standbys.giveWay().map(standby -> end(standby.sandbox()));
    }

    /** One that would not go when that was tried is not waited for again. */
    private Optional<Phase.Ending> leaving() {
        return registry.all().stream()
                .filter(Sandbox::isStandby)
                .flatMap(sandbox -> sandbox.phase() instanceof Phase.Ending ending && !ending.hasGone()
                        ? Optional.of(ending).stream()
                        : Optional.<Phase.Ending>empty().stream())
                .findFirst();
    }

    /** One that is claimed is somebody's already, though its agent has still to answer. */
    private Optional<Phase.Ending> halfMade() {
        return registry.all().stream()
                .filter(sandbox -> sandbox.isStandby() && !sandbox.isClaimed() && sandbox.phase() instanceof Phase.Starting)
                .findFirst()
                .map(this::end);
    }

    private Phase.Ending end(Sandbox standby) {
        return endings.begin(standby, EndCause.REQUEST, "somebody needs its room");
    }

    private void await(Phase.Ending ending) {
        try {
            ending.firstTry().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // It goes on in the background, and whoever needs the room sees whether there is some.
            return;
        } catch (ExecutionException e) {
            throw new IllegalStateException("an end never fails, it is tried again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
