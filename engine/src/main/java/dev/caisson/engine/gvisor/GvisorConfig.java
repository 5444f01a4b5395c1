package dev.caisson.engine.gvisor;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * What can be set about the engine.
 *
 * @param ownBytes memory of the sandbox's own kernel, on top of what the guest has; when that is used too, the biggest guest
 *     process is ended
 * @param reserveBytes how far the control group's hard limit lies above the guest's memory: what a guest can take until such an
 *     end has taken effect on a busy machine (256 MiB were too few at sixteen times its load). Reaching it ends the sandbox
 * @param memoryOfAllBytes what all sandboxes together may use; nothing means no bound
 * @param parallelStarts starts at a time; more than twice the processors make each slower and all no faster
 * @param startDeadline for one start, once it is its turn
 */
public record GvisorConfig(
        long ownBytes, long reserveBytes, OptionalLong memoryOfAllBytes, int parallelStarts, Duration startDeadline) {

    public static GvisorConfig standard() {
        return new GvisorConfig(16L << 20, 512L << 20, OptionalLong.empty(), 2 * Runtime.getRuntime().availableProcessors(), Duration.ofSeconds(20));
    }
}
