package dev.caisson.control;

import dev.caisson.base.Category;
import dev.caisson.node.ForkRequest;
import dev.caisson.node.ForkResult;
import dev.caisson.node.Node;
import dev.caisson.node.NodeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes new sandboxes that go on from where one of the team's is ({@code contract/rest-api.md} §7.2). Safe for use by many threads. */
public final class Forks {
    private final Node node;
    private final OwnSandboxes own;
    private final Quotas quotas;

    public Forks(Node node, Quotas quotas) {
        this.node = node;
        this.own = new OwnSandboxes(node);
        this.quotas = quotas;
    }

    /**
     * Makes {@code count} of them, each or none by itself: those for which the team has no place left fail.
     *
     * @param count at least 1
     * @return as many as were asked for
     * @throws dev.caisson.base.CaissonException {@code INVALID} timeout, or as many as the team may have at once; {@code NOT_FOUND};
     *     {@code CONFLICT} if it is paused or in transition; {@code EXHAUSTED} no place for any; {@code UNAVAILABLE}. Then none was
     *     made
     */
    public List<ForkOutcome> fork(Team team, String id, int count, Duration timeout) {
        RunLength.require(team, timeout);
        if (count >= team.maxSandboxes()) {
            throw new ControlException(
                    Category.INVALID,
                    "a fork of " + count + " is as much as the team may have at once (" + team.maxSandboxes() + ") or more");
        }
        var sandbox = own.getEvenEnding(team, id);
        if (OwnSandboxes.isPaused(sandbox)) {
            throw new ControlException(Category.CONFLICT, "Sandbox \"" + sandbox.id() + "\" is paused; resume it to fork it");
        }
        try (var places = quotas.holdUpTo(team, count)) {
            var outcomes = new ArrayList<ForkOutcome>(count);
            node.fork(sandbox.id(), new ForkRequest(places.count(), timeout)).forEach(result -> outcomes.add(outcome(result)));
            while (outcomes.size() < count) {
                outcomes.add(new ForkOutcome.Failed(Quotas.exhausted(team)));
            }
            return List.copyOf(outcomes);
        } catch (NodeException e) {
            throw Capacity.of(e);
        }
    }

    private static ForkOutcome outcome(ForkResult result) {
        return switch (result) {
            case ForkResult.Made(var sandbox) -> new ForkOutcome.Made(sandbox);
            case ForkResult.Failed(var why) -> new ForkOutcome.Failed(Capacity.ofCreate(why));
        };
    }
}
