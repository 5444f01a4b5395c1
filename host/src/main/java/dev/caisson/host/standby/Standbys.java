package dev.caisson.host.standby;

import dev.caisson.node.StandbyStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The standbys of a host. One thread compares what there is with what demand asks for and has the {@link Maker} make or retire
 * the difference; a miss raises the target of its kind, quiet lowers it. Safe for use by many threads.
 *
 * @param <S> a standby
 */
public final class Standbys<S> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Standbys.class);

    private final StandbyConfig config;
    private final InstantSource clock;
    private final Maker<S> maker;
    private final Map<StandbyKind, Shelf<S>> shelves = new ConcurrentHashMap<>();
    private final Pauses pauses;
    private final Thread thread;
    private volatile boolean closed;
    private Optional<StandbyKind> first = Optional.empty();
    private long surveyed;

    /** What makes standbys and takes them away; none of its methods waits. */
    public interface Maker<S> {
        /** Begins to make one; tells {@code asker} that it is {@link Standbys#made} or has {@link Standbys#failed}. */
        void make(StandbyKind kind, Standbys<S> asker);

        /** Begins to end one that was taken from its shelf. */
        void retire(S standby);

        /** Whether the machine has room for one more of this kind. */
        boolean hasRoom(StandbyKind kind);

        /** Whether anybody can still ask for this kind; not if there is a newer build of its template. */
        boolean isCurrent(StandbyKind kind);

        /** The kind of which some are kept without being asked for, if it can be made. */
        Optional<StandbyKind> first();
    }

    public Standbys(StandbyConfig config, InstantSource clock, Maker<S> maker) {
        this.config = config;
        this.surveyed = System.nanoTime() - config.look().toNanos();
        this.clock = clock;
        this.maker = maker;
        this.pauses = new Pauses(config.firstRetry(), config.lastRetry());
        this.thread = Thread.ofPlatform().daemon().name("caisson-standbys").unstarted(this::run);
    }

    /** From here on they are made. */
    public void open() {
        if (config.areOn()) {
            thread.start();
        }
    }

    /** Takes the standby that waits longest, which is the caller's from here on. Waits for nothing. */
    public Optional<S> take(StandbyKind kind) {
        if (!config.areOn() || closed) {
            return Optional.empty();
        }
        var taken = shelf(kind).ask(clock.instant());
        look();
        return taken;
    }

    /** Takes one of the kind that was asked for the longest ago, because somebody needs its room. */
    public Optional<S> giveWay() {
        return shelves.values().stream()
                .sorted(Comparator.comparing(Shelf::asked))
                .flatMap(shelf -> shelf.take().stream())
                .findFirst();
    }

    /** One is ready. */
    public void made(StandbyKind kind, S standby) {
        pauses.succeeded();
        shelf(kind).add(standby);
        look();
    }

    /** One that was being made will not be. */
    public void failed(StandbyKind kind, String why) {
        if (!closed) {
            pauses.failed(kind, why);
        }
        withdrawn(kind);
    }

    /** One that was being made gave way to somebody. */
    public void withdrawn(StandbyKind kind) {
        shelf(kind).failed();
        look();
    }

    /** One that was ready is no more; fine if it was taken. */
    public void lost(StandbyKind kind, S standby) {
        if (shelf(kind).remove(standby)) {
            look();
        }
    }

    public StandbyStatus status() {
        return new StandbyStatus(config.most(), shelves.values().stream()
                .map(shelf -> new StandbyStatus.Kind(
                        shelf.kind().templateId(), shelf.kind().buildId(), shelf.ready(), shelf.making(), shelf.target()))
                .sorted(Comparator.comparing(StandbyStatus.Kind::templateId).thenComparing(StandbyStatus.Kind::buildId))
                .toList());
    }

    private Shelf<S> shelf(StandbyKind kind) {
        return shelves.computeIfAbsent(kind, missing -> new Shelf<>(missing, clock.instant()));
    }

    private void look() {
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            try {
                survey();
                round();
            } catch (RuntimeException e) {
                LOG.error("the standbys could not be looked after; trying again", e);
            }
            LockSupport.parkNanos(this, config.look().toNanos());
        }
    }

    /** Sees which kinds can be asked for. That takes a look at files, so not at every claim. */
    private void survey() {
        if (System.nanoTime() - surveyed < config.look().toNanos()) {
            return;
        }
        first = maker.first();
        first.ifPresent(this::shelf);
        shelves.values().forEach(shelf -> shelf.current(maker.isCurrent(shelf.kind())));
        surveyed = System.nanoTime();
    }

    private void round() {
        var now = clock.instant();
        shelves.values().forEach(shelf -> aim(shelf, now));
        shelves.values().forEach(this::retireSurplus);
        shelves.values().forEach(this::makeMissing);
        shelves.values().removeIf(shelf -> shelf.isEmpty() && shelf.asked().isBefore(now.minus(config.quiet())));
    }

    private void aim(Shelf<S> shelf, Instant now) {
        if (!shelf.isCurrent()) {
            shelf.target(0);
            return;
        }
        var floor = first.filter(shelf.kind()::equals).isPresent() ? config.atFirst() : 0;
        shelf.settle(now, config.quiet(), floor);
        raise(shelf, Math.max(0, floor - shelf.target()) + shelf.missesSinceThen());
    }

    /** Within the bound over all kinds; beyond it another kind has to give some up. */
    private void raise(Shelf<S> shelf, int by) {
        for (var more = 0; more < by; more++) {
            if (targets() >= config.most() && !lowerOther(shelf)) {
                return;
            }
            shelf.target(shelf.target() + 1);
        }
    }

    private boolean lowerOther(Shelf<S> shelf) {
        var other = shelves.values().stream()
                .filter(each -> each != shelf && each.target() > 0)
                .min(Comparator.comparing(Shelf::asked));
        other.ifPresent(each -> each.target(each.target() - 1));
        return other.isPresent();
    }

    private void retireSurplus(Shelf<S> shelf) {
        while (shelf.ready() > shelf.target()) {
            shelf.take().ifPresent(maker::retire);
        }
    }

    private void makeMissing(Shelf<S> shelf) {
        while (shelf.ready() + shelf.making() < shelf.target()
                && status().making() < config.makingAtOnce()
                && !closed
                && pauses.isOver()
                && maker.hasRoom(shelf.kind())) {
            shelf.begin();
            maker.make(shelf.kind(), this);
        }
    }

    private int targets() {
        return shelves.values().stream().mapToInt(Shelf::target).sum();
    }

    /** Makes none any more. Those that there are stay as they are. */
    @Override
    public void close() {
        closed = true;
        look();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
