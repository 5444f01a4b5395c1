package dev.caisson.front;

import dev.caisson.base.CaissonException;
import dev.caisson.base.SandboxId;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestStream;
import dev.caisson.http.Handler;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets programs inside a sandbox reach its envd where they expect it, at port 49983 of its own addresses: the agent listens
 * there and hands the connections out. Nobody but that sandbox comes in by them. Safe for use by many threads.
 */
public final class InnerDoor {
    private static final Logger LOG = LoggerFactory.getLogger(InnerDoor.class);
    private static final String EVERY_ADDRESS = "0.0.0.0";

    /** A connection costs up to 100 KB here, and the guest makes as many as it likes: more than these are reset. */
    static final int MOST_OF_ONE_SANDBOX = 64;
    private static final int MOST_OF_ALL = 2048;

    private final Front front;
    private final BiConsumer<GuestStream, Handler> http;
    private final Semaphore roomForAll = new Semaphore(MOST_OF_ALL);

    /** @param http serves HTTP on a connection until it is over */
    public InnerDoor(Front front, BiConsumer<GuestStream, Handler> http) {
        this.front = front;
        this.http = http;
    }

    /**
     * Opens it for the sandbox's run, on a thread of its own: nobody waits for it. It closes when the agent's link does. Where
     * a program of the guest has the port already, that program keeps it.
     *
     * @param agent may throw for a sandbox that has ended meanwhile
     */
    public void open(SandboxId id, Supplier<GuestAgent> agent) {
        Thread.ofVirtual().name("inner-door-" + id).start(() -> serve(id, agent));
    }

    private void serve(SandboxId id, Supplier<GuestAgent> agent) {
        var room = new Semaphore(MOST_OF_ONE_SANDBOX);
        try {
            // Closed with the agent, together with the connections that came by it.
            var unused = agent.get().serve(EVERY_ADDRESS, Addressing.ENVD_PORT, stream -> within(room, () -> within(
                    roomForAll, () -> http.accept(stream, exchange -> front.handleFromInside(id, exchange)))));
        } catch (CaissonException e) {
            LOG.info("sandbox {} cannot reach its envd from inside: {}", id, e.getMessage());
        }
    }

    private static void within(Semaphore room, Runnable work) {
        if (room.tryAcquire()) {
            try {
                work.run();
            } finally {
                room.release();
            }
        }
    }
}
