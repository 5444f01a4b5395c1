package dev.caisson.app.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "kill",
        description = "Ends sandboxes, paused ones too, and removes everything they had.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson kill i4k2m9x0q7w1e8r5t3y6u"})
final class KillCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @ArgGroup(multiplicity = "1")
    private Which which = new Which();

    static final class Which {
        @Parameters(paramLabel = "SANDBOX", arity = "1..*", description = "Their ids.")
        private List<String> ids = List.of();

        @Option(names = "--all", description = "Every sandbox, paused ones too.")
        private boolean all;
    }

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var ids = which.all
                    ? api.sandboxes().valueStream().map(row -> row.path("sandboxID").asString()).toList()
                    : which.ids;
            ids.forEach(id -> {
                api.delete("/sandboxes/" + id);
                System.out.println(id);
            });
            return 0;
        }
    }
}
