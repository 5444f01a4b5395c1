package dev.caisson.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Everything an engine needs to start a sandbox.
 *
 * @param id fixed length, {@code [a-z0-9]}, unique on the machine
 * @param layers read-only, topmost first, 1 to 32
 * @param disk a formatted ext4 image of the wanted size, used by this sandbox alone; receives everything the guest writes
 * @param namespace the prepared network namespace, {@code /run/netns/…}
 * @param limits what it may use
 * @param arguments the guest's first process: absolute path inside the root and its arguments
 * @param environment of that process, complete
 * @param hostname inside the guest
 */
public record SandboxSpec(
        String id,
        List<Layer> layers,
        Path disk,
        Path namespace,
        Limits limits,
        List<String> arguments,
        Map<String, String> environment,
        String hostname) {

    public SandboxSpec {
        layers = List.copyOf(layers);
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }
}
