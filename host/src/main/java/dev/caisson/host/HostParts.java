package dev.caisson.host;

import dev.caisson.base.Installation;
import dev.caisson.engine.Engine;
import dev.caisson.image.ContentHash;
import dev.caisson.image.FrozenDisks;
import dev.caisson.image.LayerStore;
import dev.caisson.image.TemplateStore;
import dev.caisson.image.WritableDisks;
import dev.caisson.network.SlotPool;
import java.time.InstantSource;

/**
 * What a host is made of. It opens the slot pool (after adopting) and closes neither it nor the engine; their owner closes
 * them after the host.
 *
 * @param agentLayer the topmost layer of every new sandbox: {@link Host#AGENT_PATH}
 * @param keys of the links; sandboxes outlive a restart of the server only under the same secret
 * @param bootId of the machine, {@code /proc/sys/kernel/random/boot_id}
 */
public record HostParts(
        Installation installation,
        Engine engine,
        SlotPool slots,
        LayerStore layers,
        TemplateStore templates,
        WritableDisks disks,
        FrozenDisks frozen,
        AgentConnector agents,
        ContentHash agentLayer,
        LinkKeys keys,
        String bootId,
        InstantSource clock,
        StepObserver observer) {}
