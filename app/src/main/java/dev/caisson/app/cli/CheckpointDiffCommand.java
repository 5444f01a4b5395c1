package dev.caisson.app.cli;

import dev.caisson.app.client.RemoteStates;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
        name = "diff",
        description = "Lists the files that were added (+), changed (~) and removed (-) since a checkpoint.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "With --json: one object a line, as they are found.",
            "Example: caisson checkpoint diff i4k2m9x0q7w1e8r5t3y6u before",
            "         caisson checkpoint diff i4k2m9x0q7w1e8r5t3y6u before after"
        })
final class CheckpointDiffCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(index = "0", paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Parameters(index = "1", paramLabel = "FROM", description = "A checkpoint's id or name.")
    private String from = "";

    @Parameters(index = "2", arity = "0..1", paramLabel = "TO", description = "Another one (default: the sandbox as it is now).")
    private Optional<String> to = Optional.empty();

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var states = new RemoteStates(api);
            var later = to.map(checkpoint -> CheckpointChoice.id(states, id, checkpoint));
            states.diff(id, CheckpointChoice.id(states, id, from), later, change -> System.out.println(
                    json.wanted() ? change.toString() : line(change)));
            return 0;
        }
    }

    private static String line(JsonNode change) {
        var sign = switch (change.path("change").asString()) {
            case "added" -> "+ ";
            case "removed" -> "- ";
            default -> "~ ";
        };
        return sign + Texts.printable(change.path("path").asString());
    }
}
