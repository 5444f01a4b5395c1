package dev.caisson.app.cli;

import dev.caisson.app.client.RemoteStates;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "create",
        description = "Keeps the state of a running sandbox, which goes on, and prints the checkpoint's id.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson checkpoint create i4k2m9x0q7w1e8r5t3y6u before"})
final class CheckpointCreateCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(index = "0", paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "What to call it.", defaultValue = "")
    private String name = "";

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var taken = new RemoteStates(api).takeCheckpoint(id, name);
            if (json.wanted()) {
                JsonOption.print(taken);
            } else {
                System.out.println(taken.path("checkpointID").asString());
            }
            return 0;
        }
    }
}
