package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * What can be set about the engine.
 *
 * @param ownBytes memory of the sandbox's own kernel, on top of what the guest has; when that is used too, the biggest guest
 *     process is ended
 * @param reserveBytes how far the control group's hard limit lies above the guest's memory: what a guest can take until such an
 *     end has taken effect on a busy machine (256 MiB were too few at sixteen times its load). Reaching it ends the sandbox
 * @param memoryOfAllBytes what all sandboxes together may use, so that they do not take the machine's own memory; nothing
 *     means no bound
 * @param parallelStarts starts at a time; more than twice the processors make each slower and all no faster
 * @param startDeadline for one start, once it is its turn; saving and restoring have more, by how much memory there is
 */
public record GvisorConfig(
        long ownBytes, long reserveBytes, OptionalLong memoryOfAllBytes, int parallelStarts, Duration startDeadline) {

    private static final long LEAST = 1L << 30;
    /** What a slow disk writes while others use it. */
    private static final long BYTES_PER_SECOND = 32L << 20;

    /** @throws EngineException {@code UNSUPPORTED} if the kernel does not say how much memory there is */
    public static GvisorConfig standard() {
        return standard(memoryOfMachine());
    }

    static GvisorConfig standard(long memoryOfMachine) {
        return new GvisorConfig(
                16L << 20, 512L << 20, OptionalLong.of(memoryOfAll(memoryOfMachine)),
                2 * Runtime.getRuntime().availableProcessors(), Duration.ofSeconds(20));
    }

    /** All but a sixteenth, at least 1 GiB of it, for the machine and the server; but never less than one sandbox needs. */
    private static long memoryOfAll(long memoryOfMachine) {
        return Math.max(LEAST, memoryOfMachine - Math.max(LEAST, memoryOfMachine / 16));
    }

    /** For saving or restoring so much memory. */
    Duration deadline(long bytes) {
        return startDeadline.plusSeconds(bytes / BYTES_PER_SECOND);
    }

    private static long memoryOfMachine() {
        try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemTotal:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElseThrow(() -> new EngineException(Category.UNSUPPORTED, "/proc/meminfo does not say how much memory there is"));
        } catch (IOException e) {
            throw new EngineException(Category.UNSUPPORTED, "could not read /proc/meminfo: " + e.getMessage(), e);
        }
    }
}
