package dev.caisson.app.cli;

import dev.caisson.app.client.RemoteStates;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.JsonNodeFactory;

@Command(
        name = "pause",
        description = "Stops sandboxes and keeps all that they are on the disk: they cost no memory and no processor until they are resumed.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson pause i4k2m9x0q7w1e8r5t3y6u", "         caisson pause --no-memory i4k2m9x0q7w1e8r5t3y6u"})
final class PauseCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "SANDBOX", arity = "1..*", description = "Their ids.")
    private List<String> ids = List.of();

    @Option(names = "--no-memory", description = "Keep the files only: what runs is gone, and the resume is a boot.")
    private boolean filesOnly;

    @Option(names = "--strict", description = "Refuse if the sandbox's agent does not answer; it then goes on.")
    private boolean strict;

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var states = new RemoteStates(api);
            var paused = JsonNodeFactory.instance.arrayNode();
            ids.forEach(id -> {
                states.pause(id, !filesOnly, strict);
                if (json.wanted()) {
                    paused.add(states.detail(id));
                } else {
                    System.out.println(id);
                }
            });
            if (json.wanted()) {
                JsonOption.print(paused);
            }
            return 0;
        }
    }
}
