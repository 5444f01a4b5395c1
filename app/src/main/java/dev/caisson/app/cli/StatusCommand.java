package dev.caisson.app.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@Command(
        name = "status",
        description = "Says whether the server runs, what it runs, what it repaired, and how the last sandboxes ended.",
        mixinStandardHelpOptions = true,
        footer = {"", "Exit code: 0 if the server runs, 3 if not.", "Example: caisson status --json"})
final class StatusCommand implements Callable<Integer> {
    private static final int NOT_RUNNING = 3;

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            if (!api.answers()) {
                return notRunning();
            }
            var status = (ObjectNode) api.get("/caisson/status");
            if (json.wanted()) {
                JsonOption.print(status);
            } else {
                print(status);
            }
            return 0;
        }
    }

    private int notRunning() {
        if (json.wanted()) {
            JsonOption.print(JsonNodeFactory.instance.objectNode().put("running", false));
        } else {
            System.out.println("server       not running (`caisson up` starts it)");
        }
        return NOT_RUNNING;
    }

    private static String standbys(JsonNode standbys) {
        if (standbys.path("most").asInt() == 0) {
            return "none kept ready (`caisson up --standbys auto` keeps some)";
        }
        return "%d ready and %d being made, of %d that are wanted (%d at most)".formatted(
                standbys.path("ready").asInt(), standbys.path("making").asInt(), standbys.path("target").asInt(), standbys.path("most").asInt());
    }

    private static void print(JsonNode status) {
        System.out.printf("server       running, pid %d, version %s%n", status.path("pid").asLong(), status.path("version").asString());
        System.out.printf("url          %s%n", status.path("url").asString());
        System.out.printf("engine       %s%n", status.path("engine").asString());
        System.out.printf("sandboxes    %d running, %d paused%n", status.path("sandboxes").size(), status.path("paused").asInt());
        System.out.printf("standbys     %s%n", standbys(status.path("standbys")));
        System.out.printf("found again  %d sandboxes at start%n", status.path("repair").path("adopted").asInt());
        status.path("repair").path("repaired").forEach(line -> System.out.printf("repaired     %s%n", line.asString()));
        status.path("ended").forEach(end -> System.out.printf(
                "ended        %s %s: %s%n", end.path("sandboxID").asString(), end.path("cause").asString(), end.path("detail").asString()));
    }
}
