package dev.caisson.node;

import dev.caisson.base.Isolation;
import dev.caisson.base.SandboxId;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One machine that runs sandboxes. Safe for use by many threads; every call may block and has a deadline of its own. */
public interface Node {

    /**
     * Makes a sandbox and answers when its agent does.
     *
     * @throws NodeException {@code NOT_FOUND} template, {@code EXHAUSTED} no room, {@code INTERNAL}; nothing is left then
     */
    SandboxInfo create(CreateRequest request);

    /** How strongly new sandboxes are isolated here, at the least. */
    Isolation isolation();

    /** The newest build of the template with this id or name, if this node can start it. */
    Optional<TemplateInfo> template(String idOrName);

    /** Every build of every template, in no particular order. */
    List<TemplateInfo> templateBuilds();

    /** A sandbox that runs (or is paused) here; empty for one that never was, is being killed, or is gone. */
    Optional<SandboxInfo> find(SandboxId id);

    /**
     * A sandbox that ran here and that a {@link #kill} would join in ending ({@code contract/rest-api.md} §5.2: not found any
     * more, and yet known to who changes or kills it).
     */
    Optional<SandboxInfo> findEnding(SandboxId id);

    /** Every sandbox that {@link #find} finds, in no particular order. */
    List<SandboxInfo> list();

    /**
     * Ends a sandbox in whatever state it is, within a second. Concurrent calls join.
     *
     * @return false if there was none
     */
    boolean kill(SandboxId id, EndCause cause);

    /**
     * Sets when the sandbox ends; a moment that has passed ends it at once.
     *
     * @throws NodeException {@code NOT_FOUND}, {@code CONFLICT} if it is in transition
     */
    SandboxInfo setDeadline(SandboxId id, Instant deadline);

    /** Like {@link #setDeadline}, but never makes it earlier: then everything stays identical. */
    SandboxInfo extendDeadline(SandboxId id, Instant deadline);

    /**
     * The link to the guest's agent.
     *
     * @throws NodeException {@code NOT_FOUND}
     */
    GuestAgent agent(SandboxId id);

    /**
     * Connects to a TCP port inside, on any of the guest's addresses, those of its loopback included.
     *
     * @throws NodeException {@code NOT_FOUND} no such sandbox, {@code UNAVAILABLE} nothing listens on the port
     */
    GuestStream dial(SandboxId id, int port);

    /** What sandboxes used. */
    UsageHistory usageHistory();

    /** What happened in and to sandboxes. */
    SandboxLogs logs();

    /** How the last sandboxes ended, newest first; bounded. */
    List<EndRecord> ended();

    /** What the node found and mended when it started. */
    RepairReport repairReport();
}
