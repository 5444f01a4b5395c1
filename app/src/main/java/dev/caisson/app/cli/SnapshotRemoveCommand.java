package dev.caisson.app.cli;

import dev.caisson.app.client.RemoteStates;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "rm",
        description = "Removes snapshots, with every tag of a name. Not while sandboxes that were made of them are there.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson snapshot rm ready"})
final class SnapshotRemoveCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Parameters(paramLabel = "SNAPSHOT", arity = "1..*", description = "As the list shows them, or their names.")
    private List<String> snapshots = List.of();

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var states = new RemoteStates(api);
            snapshots.forEach(snapshot -> {
                states.deleteSnapshot(snapshot);
                System.out.println(snapshot);
            });
            return 0;
        }
    }
}
