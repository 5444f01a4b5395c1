package dev.caisson.app.cli;

import dev.caisson.app.client.RemoteStates;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "create",
        description = "Saves a running sandbox, which goes on, and prints what new ones are made of it by.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson snapshot create i4k2m9x0q7w1e8r5t3y6u --name ready:v1"})
final class SnapshotCreateCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Option(
            names = "--name",
            paramLabel = "NAME[:TAG]",
            description = "What it is called. A name that is there already means the new snapshot from now on.")
    private Optional<String> name = Optional.empty();

    @Option(names = "--no-memory", description = "Save the files only: what is made of it boots.")
    private boolean filesOnly;

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var taken = new RemoteStates(api).takeSnapshot(id, name, !filesOnly);
            if (json.wanted()) {
                JsonOption.print(taken);
            } else {
                System.out.println(taken.path("snapshotID").asString());
            }
            return 0;
        }
    }
}
