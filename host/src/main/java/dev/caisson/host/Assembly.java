package dev.caisson.host;

import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineSandbox;
import dev.caisson.guest.GuestAgent;
import dev.caisson.host.journal.Journal;
import dev.caisson.host.journal.MachineName;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.network.Slot;
import dev.caisson.node.CreateRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
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
    private @Nullable Journal journal;
    private @Nullable Slot slot;
    private @Nullable EngineSandbox engine;
    private @Nullable GuestAgent agent;
    private @Nullable Turn turn;

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

    void origin(Origin given) {
        origin = given;
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

    Optional<Turn> anyTurn() {
        return Optional.ofNullable(turn);
    }

    void turn(Turn given) {
        turn = given;
    }

    private <T> T made(@Nullable T part, String what) {
        if (part == null) {
            throw new IllegalStateException("sandbox " + id() + " has no " + what + " yet");
        }
        return part;
    }
}
