package dev.caisson.host.journal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineHandle;
import dev.caisson.image.LayerName;
import dev.caisson.node.EndRecord;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.SandboxInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a server needs to find a sandbox again that an earlier one made. Its JSON form is pinned by a test.
 *
 * @param format {@link #FORMAT}; a reader refuses any other
 * @param bootId the host's boot in which this was written; what ran in another boot is gone
 * @param info as clients see it; in {@link Phase.Starting} its moments are those of the request
 * @param slot number of its network slot, where it has one
 * @param layers of its root, topmost first, the agent's own included
 * @param linkKey how many times the link's key was rotated in this run ({@code LinkKeys})
 * @param guest what its agent is told when it boots
 * @param atDeadline what happens at the end of this run
 * @param phase how far it has come
 */
public record Journal(
        int format,
        String bootId,
        SandboxInfo info,
        int slot,
        List<LayerName> layers,
        int linkKey,
        GuestDefaults guest,
        Lifecycle.OnTimeout atDeadline,
        Phase phase) {
    public static final int FORMAT = 1;

    public Journal {
        layers = List.copyOf(layers);
    }

    /**
     * What processes inside get unless they are started with something else.
     *
     * @param user a name in the guest
     * @param workdir a folder in the guest
     * @param environment the template's and the request's
     */
    public record GuestDefaults(String user, String workdir, Map<String, String> environment) {
        public GuestDefaults {
            environment = Map.copyOf(environment);
        }
    }

    /** How far a sandbox has come. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Phase.Standby.class, name = "standby"),
        @JsonSubTypes.Type(value = Phase.Starting.class, name = "starting"),
        @JsonSubTypes.Type(value = Phase.Running.class, name = "running"),
        @JsonSubTypes.Type(value = Phase.Paused.class, name = "paused"),
        @JsonSubTypes.Type(value = Phase.Resuming.class, name = "resuming"),
        @JsonSubTypes.Type(value = Phase.Restored.class, name = "restored"),
        @JsonSubTypes.Type(value = Phase.Ending.class, name = "ending")
    })
    public sealed interface Phase {
        /** It is being made for nobody yet, or waits to be claimed; a server that finds this undoes it and tells nobody. */
        record Standby() implements Phase {}

        /** It is being made; a server that finds this undoes it. */
        record Starting() implements Phase {}

        /** It runs, or is being saved, as this process; a server that finds it standing still lets it go on. */
        record Running(EngineHandle engine) implements Phase {}

        /**
         * It is saved: its disk, and what {@code info.pause} says. Survives the machine.
         *
         * @param build of the engine that saved its memory
         * @param memory name of the folder with it, in the sandbox's; empty if there is none
         * @param released whether nothing of what it ran as is left; otherwise that is to be taken away still
         * @param keyRun the run whose link key the agent in its memory knows
         * @param freshDisk whether its layers are all of its files: each start from it begins with a new disk
         */
        record Paused(String build, String memory, boolean released, int keyRun, boolean freshDisk) implements Phase {
            /** The same, with nothing left of what it ran as. */
            public Paused gone() {
                return new Paused(build, memory, true, keyRun, freshDisk);
            }

            /** The same without its memory. */
            public Paused filesOnly() {
                return new Paused(build, "", released, keyRun, freshDisk);
            }
        }

        /** It is being started from what was saved; nothing of the guest runs yet. A server that finds this undoes it. */
        record Resuming(Paused from) implements Phase {}

        /** The same, and the guest runs as this process: what was saved of its memory does not fit its disk any more. */
        record Restored(Paused from, EngineHandle engine) implements Phase {}

        /** It is being taken apart; a server that finds this goes on with that. */
        record Ending(EndRecord end) implements Phase {}
    }

    public SandboxId id() {
        return info.id();
    }

    /** The process to look for, where it ran when this was written. */
    public Optional<EngineHandle> engine() {
        return switch (phase) {
            case Phase.Running(EngineHandle engine) -> Optional.of(engine);
            case Phase.Restored(var from, EngineHandle engine) -> Optional.of(engine);
            case Phase.Standby _, Phase.Starting _, Phase.Paused _, Phase.Resuming _, Phase.Ending _ -> Optional.empty();
        };
    }

    /** What was saved of it, while it is paused or being resumed. */
    public Optional<Phase.Paused> saved() {
        return switch (phase) {
            case Phase.Paused paused -> Optional.of(paused);
            case Phase.Resuming(var from) -> Optional.of(from);
            case Phase.Restored(var from, var engine) -> Optional.of(from);
            case Phase.Standby _, Phase.Starting _, Phase.Running _, Phase.Ending _ -> Optional.empty();
        };
    }

    public Journal with(Phase next) {
        return new Journal(format, bootId, info, slot, layers, linkKey, guest, atDeadline, next);
    }

    public Journal with(SandboxInfo changed) {
        return new Journal(format, bootId, changed, slot, layers, linkKey, guest, atDeadline, phase);
    }

    /** The same sandbox, now somebody's and on its way to them. */
    public Journal claimedAs(SandboxInfo claimed, GuestDefaults defaults, Lifecycle.OnTimeout end) {
        return new Journal(format, bootId, claimed, slot, layers, linkKey, defaults, end, new Phase.Starting());
    }

    /** The same sandbox with another deadline. */
    public Journal withDeadline(Instant deadline) {
        return with(info.withDeadline(deadline));
    }

    /** The same sandbox, ready since then. */
    public Journal startedAt(Instant ready, Instant deadline) {
        return with(info.startedAt(ready, deadline));
    }

    /** The same sandbox with another link key in force. */
    public Journal withLinkKey(int rotation) {
        return new Journal(format, bootId, info, slot, layers, rotation, guest, atDeadline, phase);
    }

    /** The same sandbox in this boot of the machine and this slot. */
    public Journal placed(String boot, int number) {
        return new Journal(format, boot, info, number, layers, linkKey, guest, atDeadline, phase);
    }

    /** The same sandbox over other layers. */
    public Journal over(List<LayerName> others) {
        return new Journal(format, bootId, info, slot, others, linkKey, guest, atDeadline, phase);
    }

    /** The same sandbox with another end of this run. */
    public Journal atDeadline(Lifecycle.OnTimeout what) {
        return new Journal(format, bootId, info, slot, layers, linkKey, guest, what, phase);
    }
}
