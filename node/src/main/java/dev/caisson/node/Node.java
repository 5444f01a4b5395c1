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

    /**
     * A sandbox that runs or is paused here; empty for one that never was, is being killed, or is gone. One that is being
     * paused is {@code PAUSED} from the first moment, one that is being resumed until it answers; between these it is never
     * missing and never there twice.
     */
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
     * @throws NodeException {@code NOT_FOUND}, also if it is paused; {@code CONFLICT} if it is in transition
     */
    SandboxInfo setDeadline(SandboxId id, Instant deadline);

    /** Like {@link #setDeadline}, but never makes it earlier: then everything stays identical. */
    SandboxInfo extendDeadline(SandboxId id, Instant deadline);

    /**
     * Stops a running sandbox and keeps what it is on the disk: nothing that it does after the moment it is saved is seen
     * outside. Joins a pause that is under way; waits for a snapshot that is.
     *
     * @throws NodeException {@code NOT_FOUND}; {@code CONFLICT} if it is paused; {@code EXHAUSTED} no room on the disk;
     *     {@code UNAVAILABLE} its agent had to answer and did not. The sandbox goes on in every case.
     */
    SandboxInfo pause(SandboxId id, PauseRequest request);

    /**
     * Lets a paused sandbox go on, in a new run. Waits for a pause or a snapshot that is under way; joins a resume that is; one
     * that runs stays as it is.
     *
     * @throws NodeException {@code NOT_FOUND}; {@code CONFLICT} if it is being killed, or if it was saved with a dead agent and
     *     its memory is wanted, or if traffic wants it and only files were saved; {@code EXHAUSTED} no room for it now;
     *     {@code TIMEOUT} what it waited for took too long. It stays paused in every case.
     */
    SandboxInfo resume(SandboxId id, ResumeRequest request);

    /**
     * Makes new sandboxes that go on from where a running one is; that one goes on too.
     *
     * @return as many as were asked for, each made or not
     * @throws NodeException as {@link Snapshots#take}; then none was made
     */
    List<ForkResult> fork(SandboxId id, ForkRequest request);

    /** States that were saved and from which sandboxes can be started. */
    Snapshots snapshots();

    /** States that sandboxes can go back to. */
    Checkpoints checkpoints();

    /**
     * The link to the guest's agent.
     *
     * @throws NodeException {@code NOT_FOUND}, also if it is paused
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

    /** How many sandboxes are kept ready for nobody yet. They are in no list. */
    StandbyStatus standbys();

    /** How the last sandboxes ended, newest first; bounded. */
    List<EndRecord> ended();

    /** What the node found and mended when it started. */
    RepairReport repairReport();
}
