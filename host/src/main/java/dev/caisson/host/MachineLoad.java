package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** How much the machine has left, as its kernel says. Safe for use by many threads. */
final class MachineLoad {
    private static final Pattern SOME = Pattern.compile("^some avg10=(\\d+)", Pattern.MULTILINE);

    private final Path proc;

    /** @param proc {@code /proc}, or a folder like it */
    MachineLoad(Path proc) {
        this.proc = proc;
    }

    static MachineLoad ofThisMachine() {
        return new MachineLoad(Path.of("/proc"));
    }

    /** Bytes that can be used before the machine has to swap; page cache that can go counts. */
    long memoryAvailable() {
        return memory("MemAvailable");
    }

    /** Bytes. */
    long memoryTotal() {
        return memory("MemTotal");
    }

    private long memory(String name) {
        try (var lines = Files.lines(proc.resolve("meminfo"))) {
            return lines.filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElseThrow(() -> new NodeException(Category.INTERNAL, "/proc/meminfo does not know " + name));
        } catch (IOException e) {
            throw new NodeException(Category.INTERNAL, "could not see how much memory the machine has: " + e.getMessage(), e);
        }
    }

    /** In how much of the last ten seconds something waited for a processor, in percent; 0 where the kernel does not say. */
    int cpuPressure() {
        try {
            var found = SOME.matcher(Files.readString(proc.resolve("pressure/cpu")));
            return found.find() ? Integer.parseInt(found.group(1)) : 0;
        } catch (IOException e) {
            // There is no such file, or pressure is switched off and the file cannot be read.
            return 0;
        }
    }
}
