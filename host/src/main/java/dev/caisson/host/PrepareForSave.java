package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.HookMoment;
import dev.caisson.node.NodeException;
import java.time.Duration;

/**
 * Tells the agent not to end the guest's work for want of a host, as {@link AskAgent} does, since a copy wakes up much later; and
 * has it run the guest's own programs. An agent that does not answer now could not be woken up in a copy.
 */
final class PrepareForSave implements SaveStep {
    static final String NAME = "prepare it for a save";

    private final HostConfig.Saves patience;

    PrepareForSave(HostConfig.Saves patience) {
        this.patience = patience;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void apply(Save save) {
        save.words().lock();
        try {
            save.agent().keepAlive(Duration.ZERO, patience.agent());
            if (save.wanted().hooks()) {
                runHooks(save);
            }
        } catch (GuestException e) {
            throw new NodeException(Category.UNAVAILABLE, "its agent does not answer: " + e.getMessage(), e);
        } finally {
            save.words().unlock();
        }
    }

    /** An agent that knows nothing of hooks, from a Caisson before this one, does not know either how to wake up in a copy. */
    private void runHooks(Save save) {
        try {
            var unused = save.agent().runHooks(HookMoment.BEFORE_SNAPSHOT, patience.hooks());
        } catch (GuestException e) {
            if (e.category() != Category.UNSUPPORTED) {
                throw e;
            }
            if (save.wanted().memory()) {
                throw new NodeException(
                        Category.UNSUPPORTED, "its memory cannot be saved for others (" + e.getMessage() + "); its files can", e);
            }
        }
    }
}
