package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** What the processor of this machine can do. */
final class Processor {
    private Processor() {}

    /** The kernel's names for it, those of the first processor of {@code /proc/cpuinfo}; all of a machine have the same. */
    static Set<String> features() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("flags") || line.startsWith("Features")).findFirst()
                    .map(line -> Set.of(line.substring(line.indexOf(':') + 1).strip().split(" +")))
                    .orElseThrow(() -> new EngineException(Category.UNSUPPORTED, "/proc/cpuinfo does not say what the processor can do"));
        } catch (IOException e) {
            throw new EngineException(Category.UNSUPPORTED, "could not read /proc/cpuinfo: " + e.getMessage(), e);
        }
    }
}
