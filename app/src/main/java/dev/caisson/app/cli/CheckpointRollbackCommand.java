package dev.caisson.app.cli;

import dev.caisson.app.client.RemoteStates;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "rollback",
        description = {
            "Puts a running or paused sandbox back to what it was; it runs afterwards. What came after the checkpoint is lost.",
            "Its id, its tokens and its other checkpoints stay."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson checkpoint rollback i4k2m9x0q7w1e8r5t3y6u before"})
final class CheckpointRollbackCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(index = "0", paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Parameters(index = "1", paramLabel = "CHECKPOINT", description = "Its id or name.")
    private String checkpoint = "";

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var states = new RemoteStates(api);
            states.rollBack(id, CheckpointChoice.id(states, id, checkpoint));
            if (json.wanted()) {
                JsonOption.print(states.detail(id));
            } else {
                System.out.println(id);
            }
            return 0;
        }
    }
}
