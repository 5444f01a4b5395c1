package dev.caisson.engine.gvisor;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * What can be set about the engine.
 *
 * @param reserveBytes memory of the sandbox's own kernel on top of what the guest has (24 MiB were measured to be too few); when a
 *     quarter of it is used too, the biggest guest process is ended
 * @param memoryOfAllBytes what all sandboxes together may use; nothing means no bound
 * @param parallelStarts starts at a time; more than twice the processors make each slower and all no faster
 * @param startDeadline for one start, once it is its turn
 */
public record GvisorConfig(long reserveBytes, OptionalLong memoryOfAllBytes, int parallelStarts, Duration startDeadline) {

    public static GvisorConfig standard() {
        return new GvisorConfig(64L << 20, OptionalLong.empty(), 2 * Runtime.getRuntime().availableProcessors(), Duration.ofSeconds(20));
    }
}
