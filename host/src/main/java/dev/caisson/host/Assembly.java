package dev.caisson.host;

import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineSandbox;
import dev.caisson.guest.GuestAgent;
import dev.caisson.host.journal.Journal;
import dev.caisson.host.journal.MachineName;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.network.Slot;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.ResumeRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What exists of one sandbox: the steps taken, and what they made. Owned by one thread at a time: the one that starts or
 * adopts it, then whoever holds the {@link Sandbox}'s lock, then the one that ends it.
 */
final class Assembly {
    /** What is to be made for whom; absent for a standby, and for a sandbox that an earlier server process made. */
    record Order(CreateRequest request, Origin origin) {}

    private final Sandbox sandbox;
    private final SandboxFolder folder;
    private final Deque<Step> taken = new ArrayDeque<>();
    private @Nullable Origin origin;
    private @Nullable Order order;
    /** Read by others too. */
    private volatile @Nullable Journal journal;
    private @Nullable Slot slot;
    private volatile @Nullable EngineSandbox engine;
    private @Nullable GuestAgent agent;
    private final ReentrantLock words = new ReentrantLock();
    private volatile boolean isLeft;
    private volatile TimeUp.@Nullable Overtime overtime;
    private @Nullable Saving saving;
    private @Nullable Rollback rollback;
    private boolean agentAnswers = true;
    private @Nullable ResumeRequest wanted;
    private @Nullable Journal rest;
    private boolean restIsWritten;
    private boolean outgrewRest;
    private @Nullable Turn turn;
    private @Nullable Turn savingTurn;

    Assembly(Sandbox sandbox, SandboxFolder folder) {
        this.sandbox = sandbox;
        this.folder = folder;
    }

    Sandbox sandbox() {
        return sandbox;
    }

    SandboxId id() {
        return folder.id();
    }

    /** Whose it is; empty where an unreadable journal is all there was. */
    String owner() {
        if (order != null) {
            return order.request().owner();
        }
        return journal == null ? "" : journal.info().owner();
    }

    /** A start that failed before its journal was written: nobody ever heard of it. */
    boolean isUnheardOf() {
        return order != null && journal == null;
    }

    /** What the engine calls it; servers before this one may have started it under another name. */
    String machine() {
        return engine == null ? MachineName.of(id()) : engine.id();
    }

    SandboxFolder folder() {
        return folder;
    }

    /** The steps whose effects may exist, the last on top. */
    Deque<Step> taken() {
        return taken;
    }

    Order order() {
        return made(order, "order");
    }

    Optional<Order> anyOrder() {
        return Optional.ofNullable(order);
    }

    void order(Order given) {
        order = given;
        origin = given.origin();
    }

    /** What it is made from, with or without an order. */
    Origin origin() {
        return made(origin, "origin");
    }

    /** The state of another sandbox that it is made from. */
    Origin.Saved saved() {
        if (origin instanceof Origin.Saved saved) {
            return saved;
        }
        throw new IllegalStateException("sandbox " + id() + " is not made from a saved state");
    }

    void origin(Origin given) {
        origin = given;
    }

    /** What is in the guest's memory from the start: that of the saved one that it goes on from. */
    long imageBytes() {
        if (journal != null) {
            return journal.saved().map(saved -> folder.memoryBytes(saved.memory())).orElse(0L);
        }
        return origin == null ? 0 : origin.imageBytes();
    }

    /** What the guest is to have, if anything says so already. */
    long memoryBytes() {
        if (journal != null) {
            return journal.info().memoryBytes();
        }
        return origin == null ? 0 : origin.memoryBytes();
    }

    Journal journal() {
        return made(journal, "journal");
    }

    Optional<Journal> anyJournal() {
        return Optional.ofNullable(journal);
    }

    void journal(Journal written) {
        journal = written;
    }

    Slot slot() {
        return made(slot, "slot");
    }

    void slotIsReleased() {
        slot = null;
    }

    Optional<Slot> anySlot() {
        return Optional.ofNullable(slot);
    }

    void slot(Slot claimed) {
        slot = claimed;
    }

    EngineSandbox engine() {
        return made(engine, "engine's sandbox");
    }

    void engine(EngineSandbox started) {
        engine = started;
        isLeft = false;
    }

    /** From here on the end of its engine's process is no surprise. */
    void leaveEngine() {
        isLeft = true;
    }

    boolean runsAs(EngineSandbox process) {
        return !isLeft && process.equals(engine);
    }

    /** Held while the agent is told how long to go on without a word of the host; the last who tells it counts. */
    ReentrantLock words() {
        return words;
    }

    GuestAgent agent() {
        return made(agent, "agent");
    }

    Optional<GuestAgent> anyAgent() {
        return Optional.ofNullable(agent);
    }

    void agent(GuestAgent connected) {
        agent = connected;
    }

    /** Attempts to pause it since its time was up. */
    Optional<TimeUp.Overtime> overtime() {
        return Optional.ofNullable(overtime);
    }

    void overtime(TimeUp.Overtime so) {
        overtime = so;
    }

    Optional<Turn> anyTurn() {
        return Optional.ofNullable(turn);
    }

    void turn(Turn given) {
        turn = given;
    }

    /** Beside the other: a sandbox may be paused before the thread that started it has given its turn back. */
    Optional<Turn> anySavingTurn() {
        return Optional.ofNullable(savingTurn);
    }

    void savingTurn(Turn given) {
        savingTurn = given;
    }

    /** What it is being saved as. */
    Saving saving() {
        return made(saving, "order to be saved");
    }

    void saving(Saving as) {
        saving = as;
    }

    /** What it is being put back to. */
    Rollback rollback() {
        return made(rollback, "rollback under way");
    }

    void rollback(Rollback to) {
        rollback = to;
    }

    boolean agentAnswers() {
        return agentAnswers;
    }

    void agentAnswers(boolean answers) {
        agentAnswers = answers;
    }

    /** What it is being resumed for. */
    ResumeRequest wanted() {
        return made(wanted, "resume under way");
    }

    void wanted(ResumeRequest resume) {
        wanted = resume;
    }

    /** How long the run that is being begun is to be. */
    Duration life() {
        return wanted == null ? order().request().timeout() : wanted.timeout();
    }

    /**
     * What it is when what it runs as has been taken away: paused, if there is such a journal; gone otherwise. While there is,
     * its disk is kept and written out.
     */
    Optional<Journal> rest() {
        return Optional.ofNullable(rest);
    }

    /** @param written whether that is on the disk already, in this or a form that leads to it */
    void restAs(Journal paused, boolean written) {
        rest = paused;
        restIsWritten = written;
        outgrewRest = false;
    }

    void restNoMore() {
        rest = null;
        outgrewRest = false;
    }

    /** Whether the guest has run since what it rests as was saved: then its memory does not fit its disk any more. */
    boolean outgrewRest() {
        return outgrewRest;
    }

    void outgrewRest(boolean outgrew) {
        outgrewRest = outgrew;
    }

    boolean restIsWritten() {
        return restIsWritten;
    }

    private <T> T made(@Nullable T part, String what) {
        if (part == null) {
            throw new IllegalStateException("sandbox " + id() + " has no " + what + " yet");
        }
        return part;
    }
}
