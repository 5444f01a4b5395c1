package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.util.function.BooleanSupplier;

/**
 * Keeps sandboxes within what the machine has room for; from here on the sandbox can be killed. Standbys leave the last places
 * to sandboxes that somebody wants, and give way to them.
 */
final class AdmitSandbox implements Step {
    /** Of all places this part is not for standbys. */
    private static final int SPARE = 20;

    private final Registry registry;
    private final int most;
    private final DiskRoom room;
    private final long leastDiskBytes;
    private final BooleanSupplier giveWay;

    /**
     * @param leastDiskBytes that must be usable in {@code room}
     * @param giveWay ends one standby and waits for that; false if there is none
     */
    AdmitSandbox(Registry registry, int most, DiskRoom room, long leastDiskBytes, BooleanSupplier giveWay) {
        this.registry = registry;
        this.most = most;
        this.room = room;
        this.leastDiskBytes = leastDiskBytes;
        this.giveWay = giveWay;
    }

    @Override
    public String name() {
        return "admit it";
    }

    @Override
    public void apply(Assembly assembly) {
        room.require(leastDiskBytes, "a new sandbox");
        var standby = assembly.sandbox().isStandby();
        while (!registry.admit(assembly.sandbox(), standby ? mostWithStandbys() : most)) {
            if (!standby && giveWay.getAsBoolean()) {
                continue;
            }
            throw new NodeException(
                    Category.EXHAUSTED,
                    "this machine's limit of " + most + " sandboxes is reached; end some of them or raise the limit");
        }
    }

    /** Whether another standby would be admitted. */
    boolean hasRoomForStandby() {
        return registry.size() < mostWithStandbys() && room.usable() >= leastDiskBytes;
    }

    private int mostWithStandbys() {
        return most - Math.max(1, most / SPARE);
    }

    @Override
    public void undo(Assembly assembly) {
        registry.remove(assembly.sandbox());
    }

    @Override
    public boolean outlivesRun() {
        return true;
    }
}
