package dev.caisson.host.standby;

import dev.caisson.engine.Limits;
import dev.caisson.image.ContentHash;
import java.util.List;

/**
 * Everything about a sandbox that is fixed when it starts. A create is served by a standby of exactly the kind that it asks for;
 * whatever is not listed here must be told at the claim (id, owner, deadline, ingress, metadata, and by INIT the names, the user
 * and folder, the environment, the clock, entropy and the link's key).
 *
 * @param templateId and {@code buildId}, of the template it is started from
 * @param layers of its root, topmost first, the agent's own included
 * @param engine name and build
 * @param limits its memory, processors and processes
 * @param diskBytes size of its writable disk
 * @param internet whether its slot lets it reach the internet
 */
public record StandbyKind(
        String templateId,
        String buildId,
        List<ContentHash> layers,
        String engine,
        Limits limits,
        long diskBytes,
        boolean internet) {
    public StandbyKind {
        layers = List.copyOf(layers);
    }
}
