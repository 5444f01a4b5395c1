package dev.caisson.app.doctor;

import dev.caisson.base.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Disk and memory. */
final class ResourcesCheck implements Check {
    private static final long LEAST_DISK = 5L << 30;
    private static final long LEAST_MEMORY = 2L << 30;
    private final Installation installation;

    ResourcesCheck(Installation installation) {
        this.installation = installation;
    }

    @Override
    public List<Finding> look() {
        var findings = new ArrayList<Finding>();
        findings.add(disk());
        var available = Proc.memory("MemAvailable");
        var text = gibibytes(available) + " of " + gibibytes(Proc.memory("MemTotal")) + " available";
        findings.add(available >= LEAST_MEMORY
                ? Finding.ok("memory", text)
                : Finding.warn("memory", text, "free some: a sandbox of the base template may use 1 GiB"));
        return findings;
    }

    private Finding disk() {
        try {
            var store = Files.getFileStore(existing(installation.data()));
            var text = gibibytes(store.getUsableSpace()) + " free on " + store.name() + " (" + store.type() + ")";
            return store.getUsableSpace() >= LEAST_DISK
                    ? Finding.ok("disk", text)
                    : Finding.fail("disk", text, "free at least 5 GiB, or put the data elsewhere: caisson up --data DIR");
        } catch (IOException e) {
            return Finding.warn("disk", "could not look: " + e.getMessage(), "run this as root");
        }
    }

    private static Path existing(Path path) {
        var found = path;
        while (!Files.exists(found) && found.getParent() != null) {
            found = found.getParent();
        }
        return found;
    }

    static String gibibytes(long bytes) {
        return "%.1f GiB".formatted(bytes / (double) (1L << 30));
    }
}
