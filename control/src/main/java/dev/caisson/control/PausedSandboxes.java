package dev.caisson.control;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.node.Node;
import dev.caisson.node.NodeException;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.TemplateInfo;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Pauses a team's sandboxes and brings them back ({@code contract/rest-api.md} §5.2). Safe for use by many threads; errors as of
 * {@link Sandboxes}.
 */
public final class PausedSandboxes {
    /** Of a resume that a dead agent prevents (§15.5). */
    public static final String AGENT_UNRESPONSIVE = "sandbox_snapshot_guest_agent_unresponsive";

    private final Node node;
    private final OwnSandboxes own;
    private final Quotas quotas;
    private final InstantSource clock;

    public PausedSandboxes(Node node, Quotas quotas, InstantSource clock) {
        this.node = node;
        this.own = new OwnSandboxes(node);
        this.quotas = quotas;
        this.clock = clock;
    }

    /** A sandbox that runs, and whether it did not before. */
    public record Connected(SandboxInfo sandbox, boolean resumed) {}

    /**
     * Pauses a running sandbox; joins a pause that is under way. {@code CONFLICT} if it is paused; {@code UNAVAILABLE} if its
     * agent had to answer and does not, or if there is no room on the disk: then it goes on.
     */
    public void pause(Team team, String id, PauseRequest request) {
        var sandbox = own.get(team, id);
        try {
            node.pause(sandbox.id(), request);
        } catch (NodeException e) {
            throw Capacity.of(e);
        }
    }

    /** Brings a paused sandbox back; {@code CONFLICT} if it runs. */
    public SandboxInfo resume(Team team, String id, ResumeRequest request) {
        RunLength.require(team, request.timeout());
        var sandbox = own.get(team, id);
        if (OwnSandboxes.runs(sandbox)) {
            throw conflict("Sandbox \"" + sandbox.id() + "\" is already running");
        }
        return bringBack(team, sandbox, request);
    }

    /**
     * Finds a running sandbox and extends its life to now + {@code timeout}, never shortening it; or brings a paused one back for
     * that long.
     *
     * @param timeout empty for the template's; 0 changes nothing, and brings one back for a short while
     * @param memory false boots one that is paused, though its memory was saved
     */
    public Connected connect(Team team, String id, Optional<Duration> timeout, boolean memory) {
        timeout.filter(wish -> !wish.isZero()).ifPresent(wish -> RunLength.require(team, wish));
        var before = own.getEvenEnding(team, id);
        var wanted = timeout.orElseGet(() -> usual(before));
        if (OwnSandboxes.runs(before)) {
            try {
                return new Connected(extend(team, before, wanted), false);
            } catch (NodeException e) {
                if (node.find(before.id()).isEmpty() || !isTransition(e)) {
                    throw e;
                }
            }
        }
        // Whoever wants it running waits for what is happening to it.
        var length = timeout.isPresent() && wanted.isZero() ? RunLength.SHORT : wanted;
        var after = bringBack(team, before, new ResumeRequest(length, memory, false, Optional.empty()));
        if (after.run() == before.run()) {
            return new Connected(extend(team, after, wanted), false);
        }
        return new Connected(atLeast(team, after, length), true);
    }

    /** Brings a sandbox back because somebody sent a request to it (§9.3); never one of which only files were saved. */
    public SandboxInfo wake(Team team, SandboxInfo paused) {
        return bringBack(team, paused, new ResumeRequest(RunLength.ofTraffic(team, paused), true, true, Optional.empty()));
    }

    private SandboxInfo bringBack(Team team, SandboxInfo sandbox, ResumeRequest request) {
        try (var place = quotas.holdAgain(team, sandbox.id())) {
            return node.resume(sandbox.id(), request);
        } catch (NodeException e) {
            throw explained(e);
        }
    }

    private static CaissonException explained(NodeException failure) {
        return failure.reason() == NodeException.Reason.AGENT_WAS_UNRESPONSIVE
                ? new ControlException(failure.category(), String.valueOf(failure.getMessage()), AGENT_UNRESPONSIVE, failure)
                : Capacity.of(failure);
    }

    /** Between the look and the change it was paused, or it is being snapshotted. */
    private static boolean isTransition(NodeException failure) {
        return failure.category() == Category.CONFLICT || failure.category() == Category.NOT_FOUND;
    }

    private SandboxInfo extend(Team team, SandboxInfo sandbox, Duration wanted) {
        return node.extendDeadline(sandbox.id(), RunLength.capped(team, sandbox, clock.instant().plus(wanted)));
    }

    /** Who joined the resume of another may want it for longer. */
    private SandboxInfo atLeast(Team team, SandboxInfo sandbox, Duration wanted) {
        var end = RunLength.capped(team, sandbox, sandbox.started().plus(wanted));
        return end.isAfter(sandbox.deadline()) ? node.extendDeadline(sandbox.id(), end) : sandbox;
    }

    private Duration usual(SandboxInfo sandbox) {
        return node.template(sandbox.templateId()).map(TemplateInfo::timeout).orElse(RunLength.USUAL);
    }

    private static ControlException conflict(String message) {
        return new ControlException(Category.CONFLICT, message);
    }
}
