package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps sandboxes within what the machine has room for; from here on the sandbox can be killed. */
final class AdmitSandbox implements Step {
    private final Registry registry;
    private final int most;
    private final Path data;
    private final long leastDiskBytes;

    /** @param leastDiskBytes that must be usable in the file system of {@code data} */
    AdmitSandbox(Registry registry, int most, Path data, long leastDiskBytes) {
        this.registry = registry;
        this.most = most;
        this.data = data;
        this.leastDiskBytes = leastDiskBytes;
    }

    @Override
    public String name() {
        return "admit it";
    }

    @Override
    public void apply(Assembly assembly) {
        requireDisk();
        if (!registry.admit(assembly.sandbox(), most)) {
            throw new NodeException(
                    Category.EXHAUSTED,
                    "this machine's limit of " + most + " sandboxes is reached; end some of them or raise the limit");
        }
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
