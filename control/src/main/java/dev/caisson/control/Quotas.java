package dev.caisson.control;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.node.Node;
import dev.caisson.node.SandboxInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Holds places for sandboxes that are about to run, so that requests at the same time cannot together pass the team's limit.
 * Paused ones have no place. Safe for use by many threads.
 */
public final class Quotas {
    private final Map<String, Held> teams = new HashMap<>();
    private final Node node;

    public Quotas(Node node) {
        this.node = node;
    }

    /** What a team holds: how many new ones, and by how many requests each paused one. */
    private static final class Held {
        private int fresh;
        private final Map<SandboxId, Integer> resumed = new HashMap<>();
    }

    /** Held places; closing gives them back, whether the sandboxes run now (then they are counted as running) or not. */
    interface Places extends AutoCloseable {
        int count();

        @Override
        void close();
    }

    /**
     * A place for a new sandbox.
     *
     * @throws ControlException {@code EXHAUSTED}
     */
    Places hold(Team team) {
        return holdUpTo(team, 1);
    }

    /**
     * As many places as there are, and not more than {@code most}.
     *
     * @throws ControlException {@code EXHAUSTED} if there is none
     */
    synchronized Places holdUpTo(Team team, int most) {
        var held = teams.computeIfAbsent(team.id(), id -> new Held());
        var mine = Math.min(most, team.maxSandboxes() - taken(team, held));
        if (mine <= 0) {
            throw exhausted(team);
        }
        held.fresh += mine;
        return new Places() {
            @Override
            public int count() {
                return mine;
            }

            @Override
            public void close() {
                give(held, mine);
            }
        };
    }

    /**
     * The place of a sandbox that is to run again; all who want the same one back share it.
     *
     * @throws ControlException {@code EXHAUSTED}
     */
    synchronized Places holdAgain(Team team, SandboxId id) {
        var held = teams.computeIfAbsent(team.id(), same -> new Held());
        if (!held.resumed.containsKey(id) && !runs(id) && taken(team, held) >= team.maxSandboxes()) {
            throw exhausted(team);
        }
        held.resumed.merge(id, 1, Integer::sum);
        return new Places() {
            @Override
            public int count() {
                return 1;
            }

            @Override
            public void close() {
                giveBack(held, id);
            }
        };
    }

    private int taken(Team team, Held held) {
        Predicate<SandboxInfo> counts = sandbox -> sandbox.owner().equals(team.id())
                && sandbox.state() == SandboxInfo.State.RUNNING
                && !held.resumed.containsKey(sandbox.id());
        return held.fresh + held.resumed.size() + (int) node.list().stream().filter(counts).count();
    }

    private boolean runs(SandboxId id) {
        return node.find(id).filter(sandbox -> sandbox.state() == SandboxInfo.State.RUNNING).isPresent();
    }

    private synchronized void give(Held held, int places) {
        held.fresh -= places;
    }

    private synchronized void giveBack(Held held, SandboxId id) {
        held.resumed.computeIfPresent(id, (same, requests) -> requests == 1 ? null : requests - 1);
    }

    static ControlException exhausted(Team team) {
        return new ControlException(
                Category.EXHAUSTED,
                "you have reached the maximum number of concurrent E2B sandboxes (" + team.maxSandboxes()
                        + "). If you need more, please visit 'https://e2b.dev/docs/billing'");
    }
}
