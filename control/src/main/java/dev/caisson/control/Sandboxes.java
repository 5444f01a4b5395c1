package dev.caisson.control;

import dev.caisson.base.Category;
import dev.caisson.base.Isolation;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.Node;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * What a team can do with sandboxes. Safe for use by many threads. Ids come as clients have them, {@code ID} or
 * {@code ID-CLIENT}; a sandbox of another team is reported like one that never was.
 *
 * <p>All methods throw {@link ControlException} or {@link NodeException}; nothing has changed then.
 */
public final class Sandboxes {
    private static final int KILLS_AT_ONCE = 16;

    private final Node node;
    private final OwnSandboxes own;
    private final StartPoints starts;
    private final Quotas quotas;
    private final InstantSource clock;

    public Sandboxes(Node node, StartPoints starts, Quotas quotas, InstantSource clock) {
        this.node = node;
        this.own = new OwnSandboxes(node);
        this.starts = starts;
        this.quotas = quotas;
        this.clock = clock;
    }

    /**
     * Makes a sandbox; {@code NOT_FOUND} template or tag, {@code INVALID} timeout or isolation, {@code EXHAUSTED} quota,
     * {@code UNAVAILABLE} if the machine has no room for it now.
     */
    public SandboxInfo create(Team team, NewSandbox wish) {
        wish.timeout().ifPresent(timeout -> RunLength.require(team, timeout));
        wish.minimumIsolation().ifPresent(this::requireIsolation);
        var start = starts.resolve(team, wish.template());
        var timeout = wish.timeout().orElse(start.timeout());
        var lifecycle = new Lifecycle(wish.onTimeout(), wish.wokenByTraffic(), timeout);
        try (var place = quotas.hold(team)) {
            var made = node.create(new CreateRequest(
                    start.start(), start.shown(), team.id(), timeout, wish.secured(), true, wish.ingress(), lifecycle,
                    wish.metadata(), wish.environment()));
            starts.noteUse(start);
            return made;
        } catch (NodeException e) {
            throw Capacity.ofCreate(e);
        }
    }

    public SandboxInfo get(Team team, String id) {
        return own.get(team, id);
    }

    public Page<SandboxInfo> list(Team team, SandboxQuery query) {
        var matching = node.list().stream()
                .filter(sandbox -> sandbox.owner().equals(team.id()) && query.matches(sandbox))
                .toList();
        return Page.of(matching, SandboxQuery::position, query.order(), query.after(), query.limit());
    }

    /** How many of the listed ones run, on all pages. */
    public long countRunning(Team team, SandboxQuery query) {
        return node.list().stream()
                .filter(sandbox -> sandbox.owner().equals(team.id()) && OwnSandboxes.runs(sandbox) && query.matches(sandbox))
                .count();
    }

    /** Ends a sandbox that runs or is paused. */
    public void kill(Team team, String id) {
        var sandbox = own.getEvenEnding(team, id);
        if (!node.kill(sandbox.id(), EndCause.REQUEST)) {
            throw NodeException.notFound(sandbox.id());
        }
    }

    /** Sets the end to now + {@code timeout}, at most the team's longest run from its start; zero ends it at once. */
    public void setTimeout(Team team, String id, Duration timeout) {
        var sandbox = own.getEvenEnding(team, id);
        node.setDeadline(sandbox.id(), RunLength.capped(team, sandbox, clock.instant().plus(timeout)));
    }

    /** Moves the end to now + {@code duration} if that is later. */
    public void refresh(Team team, String id, Duration duration) {
        var sandbox = own.getEvenEnding(team, id);
        var wanted = RunLength.longer(duration, RunLength.SHORT);
        node.extendDeadline(sandbox.id(), RunLength.capped(team, sandbox, clock.instant().plus(wanted)));
    }

    /** What became of ending every running sandbox of a team. */
    public record KillCounts(int killed, int failed) {}

    /** For the operator: ends every running sandbox of a team, several at a time; one that cannot be ended does not keep the others. */
    public KillCounts killAll(Team team) {
        var killed = new AtomicInteger();
        var failed = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(KILLS_AT_ONCE, Thread.ofVirtual().factory())) {
            node.list().stream()
                    .filter(sandbox -> sandbox.owner().equals(team.id()) && OwnSandboxes.runs(sandbox))
                    .forEach(sandbox -> threads.execute(() -> {
                        try {
                            killed.addAndGet(node.kill(sandbox.id(), EndCause.OPERATOR) ? 1 : 0);
                        } catch (NodeException e) {
                            failed.incrementAndGet();
                        }
                    }));
        }
        return new KillCounts(killed.get(), failed.get());
    }

    /** How many sandboxes run, by team id; only teams with one or more. */
    public Map<String, Long> runningCounts() {
        return node.list().stream()
                .filter(OwnSandboxes::runs)
                .collect(Collectors.groupingBy(SandboxInfo::owner, TreeMap::new, Collectors.counting()));
    }

    private void requireIsolation(Isolation demanded) {
        if (!node.isolation().isAtLeast(demanded)) {
            throw new ControlException(
                    Category.INVALID,
                    "the sandbox must be isolated by '" + demanded.word() + "' at least, and this server's are by '"
                            + node.isolation().word() + "'; nothing was made");
        }
    }
}
