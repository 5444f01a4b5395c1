package dev.caisson.app.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "timeout",
        description = "Sets how long a sandbox lives from now on, longer or shorter than before.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson timeout i4k2m9x0q7w1e8r5t3y6u 600"})
final class TimeoutCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(index = "0", paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Parameters(index = "1", paramLabel = "SECONDS", description = "From now on; 0 ends it at once.")
    private int seconds;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (seconds < 0) {
            throw new ParameterException(spec.commandLine(), "SECONDS is 0 or more, not " + seconds);
        }
        try (var api = data.connect()) {
            api.post("/sandboxes/" + id + "/timeout", Map.of("timeout", seconds));
            if (seconds > 0) {
                print(api.get("/sandboxes/" + id).path("endAt").asString());
            }
            return 0;
        }
    }

    private void print(String end) {
        if (json.wanted()) {
            JsonOption.print(tools.jackson.databind.node.JsonNodeFactory.instance.objectNode().put("sandboxID", id).put("endAt", end));
        } else {
            System.out.println(id + " ends at " + end);
        }
    }
}
