package dev.caisson.node;

import java.time.Duration;
import java.util.Optional;

/**
 * How to resume.
 *
 * @param timeout of the new run, counted from when it is ready
 * @param memory false boots it from its files though its memory was saved
 * @param byTraffic whether a request to one of its ports asks for it: that never boots it, so it is {@code CONFLICT} if only
 *     files were saved
 * @param onTimeout what happens at the end of this run, if not what the sandbox's {@link Lifecycle} says
 */
public record ResumeRequest(Duration timeout, boolean memory, boolean byTraffic, Optional<Lifecycle.OnTimeout> onTimeout) {
    public ResumeRequest(Duration timeout) {
        this(timeout, true, false, Optional.empty());
    }
}
