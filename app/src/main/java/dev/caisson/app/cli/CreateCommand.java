package dev.caisson.app.cli;

import dev.caisson.app.client.NewSandbox;
import dev.caisson.app.client.OnTimeout;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "create",
        description = "Makes a sandbox that stays until its time is up or it is killed, and prints its id. Starts the server when needed.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: id=$(caisson create --timeout 600) && caisson connect $id",
            "         caisson create --timeout 600 --on-timeout pause --auto-resume"
        })
final class CreateCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(arity = "0..1", paramLabel = "TEMPLATE", description = "Which template, or snapshot (default: ${DEFAULT-VALUE}).", defaultValue = "base")
    private String template = "base";

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long it lives (default: ${DEFAULT-VALUE}); `caisson timeout` changes it.",
            defaultValue = "3600")
    private int timeoutSeconds = 3600;

    @Option(names = {"-e", "--env"}, paramLabel = "NAME=VALUE", description = "A variable of all its commands.")
    private Map<String, String> environment = new LinkedHashMap<>();

    @Option(names = {"-m", "--metadata"}, paramLabel = "KEY=VALUE", description = "What it is known by in lists.")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Option(
            names = "--isolation",
            paramLabel = "LEVEL",
            description = "Refuse to run with less: gvisor (a kernel in user space) or microvm (hardware virtualisation).")
    private Optional<String> isolation = Optional.empty();

    @Option(
            names = "--on-timeout",
            paramLabel = "WHAT",
            description = "When its time is up: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). pause-files keeps no processes.",
            defaultValue = "kill")
    private OnTimeout onTimeout = OnTimeout.KILL;

    @Option(names = "--auto-resume", description = "A request to one of its ports resumes it while it is paused.")
    private boolean autoResume;

    @Override
    public Integer call() {
        ServerStart.ensure(data.folder());
        try (var api = data.connect()) {
            var made = api.create(new NewSandbox(
                    template, Optional.of(Duration.ofSeconds(timeoutSeconds)), environment, metadata, isolation, onTimeout, autoResume));
            if (json.wanted()) {
                JsonOption.print(api.get("/sandboxes/" + made.id()));
            } else {
                System.out.println(made.id());
            }
            return 0;
        }
    }
}
