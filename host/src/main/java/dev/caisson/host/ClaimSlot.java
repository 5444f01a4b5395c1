package dev.caisson.host;

import dev.caisson.network.SlotPool;
import java.time.Duration;

/** Takes a prepared network slot. */
final class ClaimSlot implements Step {
    private final SlotPool slots;
    private final Duration patience;

    ClaimSlot(SlotPool slots, Duration patience) {
        this.slots = slots;
        this.patience = patience;
    }

    @Override
    public String name() {
        return "claim its slot";
    }

    @Override
    public void apply(Assembly assembly) {
        assembly.slot(slots.claim(patience));
    }

    @Override
    public void undo(Assembly assembly) {
        assembly.anySlot().ifPresent(slots::release);
        // The next run has another.
        assembly.slotIsReleased();
    }
}
