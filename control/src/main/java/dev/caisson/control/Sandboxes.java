package dev.caisson.control;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.base.Isolation;
import dev.caisson.base.SandboxId;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.Node;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.TemplateInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
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
    /** {@code contract/rest-api.md} §5.3: refreshes raise shorter wishes to this. */
    private static final Duration SHORTEST_REFRESH = Duration.ofSeconds(15);
    private static final int KILLS_AT_ONCE = 16;

    private final Node node;
    private final Templates templates;
    private final Quotas quotas;
    private final InstantSource clock;

    public Sandboxes(Node node, Templates templates, InstantSource clock) {
        this.node = node;
        this.templates = templates;
        this.clock = clock;
        this.quotas = new Quotas(this::running);
    }

    /**
     * Makes a sandbox; {@code NOT_FOUND} template or tag, {@code INVALID} timeout or isolation, {@code EXHAUSTED} quota,
     * {@code UNAVAILABLE} if the machine has no room for it now.
     */
    public SandboxInfo create(Team team, NewSandbox wish) {
        wish.timeout().ifPresent(timeout -> requireLength(team, timeout));
        wish.minimumIsolation().ifPresent(this::requireIsolation);
        var template = templates.resolve(wish.template());
        var timeout = wish.timeout().orElse(template.timeout());
        try (var place = quotas.hold(team)) {
            var made = node.create(new CreateRequest(
                    template.templateId(), Optional.empty(), team.id(), timeout, wish.secured(), true, wish.ingress(),
                    Lifecycle.ending(timeout), wish.metadata(),
                    wish.environment()));
            templates.noteUse(template.templateId());
            return made;
        } catch (NodeException e) {
            throw named(e);
        }
    }

    /** The machine's limits are not the team's ({@code contract/rest-api.md} §2: 503, where 429 is the team's quota). */
    private static CaissonException named(NodeException failure) {
        var message = String.valueOf(failure.getMessage());
        return switch (failure.category()) {
            case EXHAUSTED -> new ControlException(Category.UNAVAILABLE, message, "sandbox_capacity_unavailable", failure);
            case TIMEOUT -> new ControlException(Category.TIMEOUT, message, "sandbox_placement_timeout", failure);
            case INTERNAL -> new ControlException(Category.INTERNAL, message, "sandbox_create_failed", failure);
            case INVALID, UNAUTHENTICATED, DENIED, NOT_FOUND, CONFLICT, UNAVAILABLE, UNSUPPORTED -> failure;
        };
    }

    public SandboxInfo get(Team team, String id) {
        var sandboxId = parse(id);
        return owned(team, sandboxId, node.find(sandboxId));
    }

    /** As {@link #get}, or one that is being killed: a kill joins, and the node says of every change that it comes too late. */
    private SandboxInfo getEvenEnding(Team team, String id) {
        var sandboxId = parse(id);
        return owned(team, sandboxId, node.find(sandboxId).or(() -> node.findEnding(sandboxId)));
    }

    private static SandboxInfo owned(Team team, SandboxId id, Optional<SandboxInfo> found) {
        return found.filter(sandbox -> sandbox.owner().equals(team.id())).orElseThrow(() -> NodeException.notFound(id));
    }

    public Page<SandboxInfo> list(Team team, SandboxQuery query) {
        var matching = node.list().stream()
                .filter(sandbox -> sandbox.owner().equals(team.id()) && query.matches(sandbox))
                .toList();
        return Page.of(matching, SandboxQuery::position, query.order(), query.after(), query.limit());
    }

    public void kill(Team team, String id) {
        var sandbox = getEvenEnding(team, id);
        if (!node.kill(sandbox.id(), EndCause.REQUEST)) {
            throw NodeException.notFound(sandbox.id());
        }
    }

    /** Sets the end to now + {@code timeout}, at most the team's longest run from its start; zero ends it at once. */
    public void setTimeout(Team team, String id, Duration timeout) {
        var sandbox = getEvenEnding(team, id);
        node.setDeadline(sandbox.id(), earlier(clock.instant().plus(timeout), latestEnd(team, sandbox)));
    }

    /** Moves the end to now + {@code duration} if that is later. */
    public void refresh(Team team, String id, Duration duration) {
        var sandbox = getEvenEnding(team, id);
        var wanted = duration.compareTo(SHORTEST_REFRESH) < 0 ? SHORTEST_REFRESH : duration;
        node.extendDeadline(sandbox.id(), earlier(clock.instant().plus(wanted), latestEnd(team, sandbox)));
    }

    /** Finds a running sandbox and extends its life to now + {@code timeout}; never shortens it. */
    public SandboxInfo connect(Team team, String id, Optional<Duration> timeout) {
        timeout.filter(wish -> !wish.isZero()).ifPresent(wish -> requireLength(team, wish));
        var sandbox = getEvenEnding(team, id);
        var wanted = timeout.orElseGet(() -> node.template(sandbox.templateId()).map(TemplateInfo::timeout).orElse(Duration.ZERO));
        return node.extendDeadline(sandbox.id(), earlier(clock.instant().plus(wanted), latestEnd(team, sandbox)));
    }

    /** What became of ending every running sandbox of a team. */
    public record KillCounts(int killed, int failed) {}

    /** For the operator: ends every running sandbox of a team, several at a time; one that cannot be ended does not keep the others. */
    public KillCounts killAll(Team team) {
        var killed = new AtomicInteger();
        var failed = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(KILLS_AT_ONCE, Thread.ofVirtual().factory())) {
            node.list().stream()
                    .filter(sandbox -> sandbox.owner().equals(team.id()) && sandbox.state() == SandboxInfo.State.RUNNING)
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
                .filter(sandbox -> sandbox.state() == SandboxInfo.State.RUNNING)
                .collect(Collectors.groupingBy(SandboxInfo::owner, TreeMap::new, Collectors.counting()));
    }

    private int running(Team team) {
        return runningCounts().getOrDefault(team.id(), 0L).intValue();
    }

    private void requireIsolation(Isolation demanded) {
        if (!node.isolation().isAtLeast(demanded)) {
            throw new ControlException(
                    Category.INVALID,
                    "the sandbox must be isolated by '" + demanded.word() + "' at least, and this server's are by '"
                            + node.isolation().word() + "'; nothing was made");
        }
    }

    private static void requireLength(Team team, Duration timeout) {
        if (timeout.isZero()) {
            throw new ControlException(Category.INVALID, "Timeout must be greater than 0");
        }
        if (timeout.compareTo(team.maxLength()) > 0) {
            throw new ControlException(
                    Category.INVALID, "Timeout cannot be greater than " + team.maxLength().toHours() + " hours");
        }
    }

    private static Instant latestEnd(Team team, SandboxInfo sandbox) {
        return sandbox.started().plus(team.maxLength());
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static SandboxId parse(String text) {
        return ClientId.parse(text).orElseThrow(() -> new NodeException(
                Category.NOT_FOUND, "Sandbox \"" + ClientId.plain(text) + "\" doesn't exist or you don't have access to it"));
    }
}
