package dev.caisson.network;

import dev.caisson.linux.Command;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** iproute2's {@code ip}: many commands in one process, stopping at the first that fails. */
final class Ip {
    private Ip() {}

    /** Runs the lines in the namespace of the calling thread. */
    static void batch(List<String> lines) {
        if (!lines.isEmpty()) {
            Batch.run(Command.ofSystem("ip", "-batch", "-"), lines);
        }
    }

    /** Runs as many of the lines as succeed. */
    static void tryBatch(List<String> lines) {
        if (!lines.isEmpty()) {
            Command.ofSystem("ip", "-force", "-batch", "-").withInput(String.join("\n", lines) + "\n").runAnyExit();
        }
    }

    /** Runs the lines inside a named namespace; one JSON document per line that shows something. */
    static List<JsonNode> batchInside(String namespace, List<String> lines) {
        return Batch.parse(Batch.run(Command.ofSystem("ip", "-n", namespace, "-j", "-batch", "-"), lines));
    }

    /** What one {@code show} command lists in the namespace of the calling thread. */
    static List<JsonNode> show(String line) {
        return Batch.parse(Batch.run(Command.ofSystem("ip", "-j", "-batch", "-"), List.of(line))).stream()
                .flatMap(list -> list.valueStream())
                .toList();
    }
}
