package dev.caisson.network;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * The slots of this installation. Safe for use by many threads. Claiming a prepared slot runs no process and takes no
 * lock; preparing, cleaning and removing happen on a thread of the pool.
 */
public interface SlotPool extends AutoCloseable {

    /**
     * Takes a prepared slot, waiting for one if none is ready.
     *
     * @throws NetworkException {@code EXHAUSTED} if none became ready within {@code patience} or the range is used up
     */
    Slot claim(Duration patience);

    /** Gives a slot back. It is cleaned of everything its tenant left and only then offered again. Idempotent. */
    void release(Slot slot);

    /**
     * Marks slots as in use by sandboxes that are still running after a restart of the server, and mends what is missing
     * of their rules; all at once, because each look at the machine takes a child process. Called before {@link #open}. They
     * may be released before it too.
     *
     * @return those of them that still exist, by number
     */
    Map<Integer, Slot> adopt(Set<Integer> numbers);

    /**
     * Starts preparing slots. Namespaces of this installation that were not adopted are cleaned and used again.
     *
     * @return the numbers of the slots that were found left over, for the repair report
     */
    Set<Integer> open();

    /** Stops preparing. Slots stay as they are, so that sandboxes go on. */
    @Override
    void close();

    /** Removes every namespace, interface, rule, route and kernel setting that this installation made. */
    void dismantle();
}
