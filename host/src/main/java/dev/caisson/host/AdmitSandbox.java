package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private final Path data;
    private final long leastDiskBytes;
    private final BooleanSupplier giveWay;

    /**
     * @param leastDiskBytes that must be usable in the file system of {@code data}
     * @param giveWay ends one standby and waits for that; false if there is none
     */
    AdmitSandbox(Registry registry, int most, Path data, long leastDiskBytes, BooleanSupplier giveWay) {
        this.registry = registry;
        this.most = most;
        this.data = data;
        this.leastDiskBytes = leastDiskBytes;
        this.giveWay = giveWay;
    }

    @Override
    public String name() {
        return "admit it";
    }

    @Override
    public void apply(Assembly assembly) {
        requireDisk();
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
        return registry.size() < mostWithStandbys() && usableDisk() >= leastDiskBytes;
    }

    private int mostWithStandbys() {
        return most - Math.max(1, most / SPARE);
    }

    private void requireDisk() {
        var usable = usableDisk();
        if (usable < leastDiskBytes) {
            throw new NodeException(
                    Category.EXHAUSTED,
                    "the disk of " + data + " has " + (usable >> 20) + " MiB left and a new sandbox needs " + (leastDiskBytes >> 20)
                            + " MiB; end some sandboxes, delete what is not needed, or give it more room");
        }
    }

    private long usableDisk() {
        try {
            return Files.getFileStore(data).getUsableSpace();
        } catch (IOException e) {
            throw new NodeException(Category.INTERNAL, "could not see how full the disk of " + data + " is: " + e.getMessage(), e);
        }
    }

    @Override
    public void undo(Assembly assembly) {
        registry.remove(assembly.sandbox());
    }
}
