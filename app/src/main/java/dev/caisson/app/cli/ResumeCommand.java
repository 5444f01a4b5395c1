package dev.caisson.app.cli;

import dev.caisson.app.client.RemoteStates;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "resume",
        description = "Lets a paused sandbox go on. One that runs stays as it is; its life becomes no shorter.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson resume i4k2m9x0q7w1e8r5t3y6u --timeout 600"})
final class ResumeCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "How long it lives from now on (default: the template's, 300).")
    private Optional<Integer> timeoutSeconds = Optional.empty();

    @Option(names = "--reboot", description = "Boot it from its files, though its memory was saved.")
    private boolean reboot;

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var states = new RemoteStates(api);
            states.resume(id, timeoutSeconds.map(Duration::ofSeconds), !reboot);
            var detail = states.detail(id);
            if (json.wanted()) {
                JsonOption.print(detail);
            } else {
                System.out.println(id + " ends at " + detail.path("endAt").asString());
            }
            return 0;
        }
    }
}
