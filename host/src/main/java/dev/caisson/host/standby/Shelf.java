package dev.caisson.host.standby;

import java.time.Duration;
import java.time.Instant;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The standbys of one kind, and what demand says about their number. Anybody may take, add and remove; the target belongs to the
 * one thread that sets it.
 */
final class Shelf<S> {
    private final StandbyKind kind;
    private final Deque<S> ready = new ConcurrentLinkedDeque<>();
    private final AtomicInteger making = new AtomicInteger();
    private final AtomicInteger misses = new AtomicInteger();
    /** The fewest that were ready since {@code since}. */
    private final AtomicInteger low = new AtomicInteger();
    private volatile int target;
    private volatile Instant asked;
    private boolean current = true;
    private Instant since;

    Shelf(StandbyKind kind, Instant now) {
        this.kind = kind;
        this.asked = now;
        this.since = now;
    }

    StandbyKind kind() {
        return kind;
    }

    /** The one that waits longest; a miss is counted if there is none. */
    Optional<S> ask(Instant now) {
        asked = now;
        var taken = take();
        if (taken.isEmpty()) {
            misses.incrementAndGet();
        }
        return taken;
    }

    /** The same without saying that anybody wanted one. */
    Optional<S> take() {
        var taken = Optional.ofNullable(ready.poll());
        low.accumulateAndGet(ready.size(), Math::min);
        return taken;
    }

    /** One more is being made. */
    void begin() {
        making.incrementAndGet();
    }

    void add(S standby) {
        ready.add(standby);
        making.decrementAndGet();
    }

    /** One that was being made is not. */
    void failed() {
        making.decrementAndGet();
    }

    /** It is given to nobody any more. */
    boolean remove(S standby) {
        return ready.remove(standby);
    }

    int ready() {
        return ready.size();
    }

    int making() {
        return making.get();
    }

    int target() {
        return target;
    }

    Instant asked() {
        return asked;
    }

    void target(int wanted) {
        target = wanted;
    }

    /** Whether anybody can still ask for this kind. */
    boolean isCurrent() {
        return current;
    }

    void current(boolean is) {
        current = is;
    }

    /** How often there was none since this was last called. */
    int missesSinceThen() {
        return misses.getAndSet(0);
    }

    /** What nobody needed during a quiet time is given up by half, down to {@code floor}. */
    void settle(Instant now, Duration quiet, int floor) {
        if (Duration.between(since, now).compareTo(quiet) < 0) {
            return;
        }
        since = now;
        var idle = Math.min(low.getAndSet(ready()), target);
        target = Math.max(Math.min(floor, target), target - (idle + 1) / 2);
    }

    boolean isEmpty() {
        return target == 0 && ready.isEmpty() && making.get() == 0;
    }
}
