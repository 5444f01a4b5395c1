package dev.caisson.host;

import dev.caisson.network.SlotPool;

/** After a restart of the server: keeps the pool from giving the sandbox's slot to another. */
final class AdoptSlot implements Step {
    private final SlotPool slots;

    AdoptSlot(SlotPool slots) {
        this.slots = slots;
    }

    @Override
    public String name() {
        return "keep its slot";
    }

    @Override
    public void apply(Assembly assembly) {
        assembly.slot(slots.adopt(assembly.journal().slot()));
    }
}
