package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.util.function.BooleanSupplier;

/** Keeps the sandboxes that are not paused within what the machine has room for. */
final class AdmitRun implements Step {
    private final Registry registry;
    private final int most;
    private final DiskRoom room;
    private final long leastDiskBytes;
    private final BooleanSupplier giveWay;

    /**
     * @param leastDiskBytes that must be usable in {@code room}
     * @param giveWay ends one standby and waits for that; false if there is none
     */
    AdmitRun(Registry registry, int most, DiskRoom room, long leastDiskBytes, BooleanSupplier giveWay) {
        this.registry = registry;
        this.most = most;
        this.room = room;
        this.leastDiskBytes = leastDiskBytes;
        this.giveWay = giveWay;
    }

    @Override
    public String name() {
        return "admit it again";
    }

    @Override
    public void apply(Assembly assembly) {
        room.require(leastDiskBytes, "a sandbox that runs");
        while (!registry.wakes(assembly.sandbox(), most)) {
            if (giveWay.getAsBoolean()) {
                continue;
            }
            throw new NodeException(
                    Category.EXHAUSTED,
                    "this machine's limit of " + most + " sandboxes is reached; end or pause some of them or raise the limit");
        }
    }

    @Override
    public void undo(Assembly assembly) {
        registry.rests(assembly.sandbox());
    }
}
