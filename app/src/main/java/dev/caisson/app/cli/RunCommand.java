package dev.caisson.app.cli;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.ClientException;
import dev.caisson.app.client.NewSandbox;
import dev.caisson.base.Category;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "run",
        description = "Runs a command in a sandbox of its own, which is removed afterwards. Starts the server when needed.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson run -- python3 -c 'print(1)'", "         caisson run -it -- bash", "         caisson run --isolation gvisor -- ./untrusted"})
final class RunCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private ProcessOptions options = new ProcessOptions();

    @Option(names = "--template", paramLabel = "NAME", description = "Which template (default: ${DEFAULT-VALUE}).", defaultValue = "base")
    private String template = "base";

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "The sandbox's longest life (default: ${DEFAULT-VALUE}).",
            defaultValue = "3600")
    private int timeoutSeconds = 3600;

    @Option(
            names = "--isolation",
            paramLabel = "LEVEL",
            description = "Refuse to run with less: gvisor (a kernel in user space) or microvm (hardware virtualisation).")
    private Optional<String> isolation = Optional.empty();

    @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "The command and its arguments.")
    private List<String> command = List.of();

    @Override
    public Integer call() {
        ServerStart.ensure(data.folder());
        var made = new AtomicReference<Optional<String>>(Optional.empty());
        try (var api = data.connect()) {
            // Also when the person interrupts the command.
            var removal = new Thread(() -> remove(api, made), "remove-sandbox");
            Runtime.getRuntime().addShutdownHook(removal);
            var sandbox = api.create(new NewSandbox(
                    template, Optional.of(Duration.ofSeconds(timeoutSeconds)), Map.of(), Map.of(), isolation));
            made.set(Optional.of(sandbox.id()));
            try {
                return ProcessRun.run(sandbox, options.start(command), options.wantsInput());
            } finally {
                remove(api, made);
                Runtime.getRuntime().removeShutdownHook(removal);
            }
        }
    }

    /** One that has reached its deadline meanwhile is gone already. */
    private static void remove(ApiClient api, AtomicReference<Optional<String>> made) {
        made.getAndSet(Optional.empty()).ifPresent(id -> {
            try {
                api.delete("/sandboxes/" + id);
            } catch (ClientException e) {
                if (e.category() != Category.NOT_FOUND) {
                    System.err.println("caisson: could not remove the sandbox " + id + ": " + e.getMessage());
                }
            }
        });
    }
}
