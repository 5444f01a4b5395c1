package dev.caisson.network;

import dev.caisson.linux.Command;
import java.nio.file.Path;
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

    /**
     * Runs the lines inside a namespace; one JSON document per line that shows something. Not with {@code ip -n}, which
     * copies all mounts of the machine each time.
     */
    static List<JsonNode> batchInside(Path namespace, List<String> lines) {
        return Batch.parse(Batch.run(Command.ofSystem("nsenter", "--net=" + namespace, "ip", "-j", "-batch", "-"), lines));
    }

    /** What one {@code show} command lists in the namespace of the calling thread. */
    static List<JsonNode> show(String line) {
        return Batch.parse(Batch.run(Command.ofSystem("ip", "-j", "-batch", "-"), List.of(line))).stream()
                .flatMap(list -> list.valueStream())
                .toList();
    }
}
