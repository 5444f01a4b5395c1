package dev.caisson.app.cli;

import dev.caisson.app.client.RemoteStates;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
        name = "fork",
        description = {
            "Makes new sandboxes that go on from where a running one is, with its processes, memory and files, and prints their ids.",
            "The running one goes on too."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Exit code: 1 if any of them could not be made.", "Example: caisson fork i4k2m9x0q7w1e8r5t3y6u --count 3"})
final class ForkCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Option(names = "--count", paramLabel = "N", description = "How many, 1 to 100 (default: ${DEFAULT-VALUE}).", defaultValue = "1")
    private int count = 1;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long they live (default: ${DEFAULT-VALUE}).",
            defaultValue = "3600")
    private int timeoutSeconds = 3600;

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var children = new RemoteStates(api).fork(id, count, Duration.ofSeconds(timeoutSeconds));
            if (json.wanted()) {
                JsonOption.print(children);
            } else {
                children.forEach(ForkCommand::print);
            }
            return children.valueStream().allMatch(child -> child.has("sandbox")) ? 0 : 1;
        }
    }

    private static void print(JsonNode child) {
        if (child.has("sandbox")) {
            System.out.println(child.path("sandbox").path("sandboxID").asString());
        } else {
            System.err.println("caisson: " + Texts.printableLines(child.path("error").path("message").asString()));
        }
    }
}
