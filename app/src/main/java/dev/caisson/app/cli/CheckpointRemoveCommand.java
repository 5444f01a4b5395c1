package dev.caisson.app.cli;

import dev.caisson.app.client.RemoteStates;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "rm",
        description = "Forgets checkpoints; the others stay what they are.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson checkpoint rm i4k2m9x0q7w1e8r5t3y6u before"})
final class CheckpointRemoveCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Parameters(index = "0", paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "CHECKPOINT", description = "Their ids or names.")
    private List<String> checkpoints = List.of();

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var states = new RemoteStates(api);
            // All are looked up first, so that a typing error removes none.
            checkpoints.stream().map(checkpoint -> CheckpointChoice.id(states, id, checkpoint)).toList().forEach(checkpoint -> {
                states.deleteCheckpoint(id, checkpoint);
                System.out.println(checkpoint);
            });
            return 0;
        }
    }
}
