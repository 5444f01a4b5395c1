package dev.caisson.host.journal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineHandle;
import dev.caisson.image.LayerName;
import dev.caisson.node.EndRecord;
import dev.caisson.node.SandboxInfo;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything a server needs to find a sandbox again that an earlier one made. Its JSON form is pinned by a test.
 *
 * @param format {@link #FORMAT}; a reader refuses any other
 * @param bootId the host's boot in which this was written; a sandbox of another boot is gone
 * @param info as clients see it; in {@link Phase.Starting} its moments are those of the request
 * @param slot number of its network slot
 * @param layers of its root, topmost first, the agent's own included
 * @param linkKey how many times the link's key was rotated in this run ({@code LinkKeys})
 * @param phase how far it has come
 */
public record Journal(
        int format, String bootId, SandboxInfo info, int slot, List<LayerName> layers, int linkKey, Phase phase) {
    public static final int FORMAT = 1;

    public Journal {
        layers = List.copyOf(layers);
    }

    /** How far a sandbox has come. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Phase.Starting.class, name = "starting"),
        @JsonSubTypes.Type(value = Phase.Running.class, name = "running"),
        @JsonSubTypes.Type(value = Phase.Ending.class, name = "ending")
    })
    public sealed interface Phase {
        /** It is being made; a server that finds this undoes it. */
        record Starting() implements Phase {}

        /** It runs, as this process. */
        record Running(EngineHandle engine) implements Phase {}

        /** It is being taken apart; a server that finds this goes on with that. */
        record Ending(EndRecord end) implements Phase {}
    }

    public SandboxId id() {
        return info.id();
    }

    /** The process to look for, where it ran when this was written. */
    public Optional<EngineHandle> engine() {
        return phase instanceof Phase.Running(EngineHandle engine) ? Optional.of(engine) : Optional.empty();
    }

    public Journal with(Phase next) {
        return new Journal(format, bootId, info, slot, layers, linkKey, next);
    }

    /** The same sandbox with another deadline. */
    public Journal withDeadline(Instant deadline) {
        return new Journal(format, bootId, info.withDeadline(deadline), slot, layers, linkKey, phase);
    }

    /** The same sandbox, ready since then. */
    public Journal startedAt(Instant ready, Instant deadline) {
        return new Journal(format, bootId, info.startedAt(ready, deadline), slot, layers, linkKey, phase);
    }

    /** The same sandbox with another link key in force. */
    public Journal withLinkKey(int rotation) {
        return new Journal(format, bootId, info, slot, layers, rotation, phase);
    }
}
