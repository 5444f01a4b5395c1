package dev.caisson.app.cli;

import dev.caisson.app.client.ClientException;
import dev.caisson.app.client.SandboxPast;
import dev.caisson.base.Category;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
        name = "logs",
        description = {
            "Shows what happened to a sandbox and which processes ran in it, also after its end.",
            "What processes print is not kept."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson logs -f --since 10m i4k2m9x0q7w1e8r5t3y6u"})
final class LogsCommand implements Callable<Integer> {
    private static final Duration EVERY = Duration.ofMillis(400);
    private static final String LAST_EVENT = "sandbox.lifecycle.killed";

    /** As the wire calls them. */
    enum Level { debug, info, warn, error }

    @Mixin
    private DataOption data = new DataOption();

    @Option(names = {"-f", "--follow"}, description = "Show what comes, until the sandbox is gone.")
    private boolean follow;

    @Option(names = "--level", paramLabel = "LEVEL", description = "The least: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).", defaultValue = "debug")
    private Level level = Level.debug;

    @Option(
            names = "--since", paramLabel = "TIME", converter = Since.Converter.class,
            description = "From when on: 90s, 10m, 2h, 3d ago, or 2026-01-31T12:00:00Z (default: everything that is kept, 7 days).")
    private Since since = new Since(Instant.EPOCH);

    @Option(names = "--json", description = "Print one JSON object a line.")
    private boolean json;

    @Parameters(paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var past = new SandboxPast(api, id, level == Level.debug ? "" : level.name(), since.asked());
            var lines = past.nextLines();
            if (lines.isEmpty() && !past.exists()) {
                throw new ClientException(
                        Category.NOT_FOUND, "there is no sandbox " + id + ", and nothing of the kind asked for is in the log of an earlier one");
            }
            lines.forEach(this::print);
            if (follow && lines.stream().noneMatch(LogsCommand::isLast)) {
                new Follow(past, EVERY).run(() -> showNew(past));
            }
            return 0;
        }
    }

    private boolean showNew(SandboxPast past) {
        var lines = past.nextLines();
        lines.forEach(this::print);
        return lines.stream().anyMatch(LogsCommand::isLast);
    }

    private static boolean isLast(JsonNode line) {
        return line.path("fields").path("event_type").asString("").equals(LAST_EVENT);
    }

    private void print(JsonNode line) {
        if (json) {
            System.out.println(line);
            return;
        }
        System.out.printf(
                "%-24s %-5s %-8s %s%n",
                Instant.parse(line.path("timestamp").asString()).truncatedTo(ChronoUnit.MILLIS),
                line.path("level").asString().toUpperCase(Locale.ROOT),
                line.path("fields").path("logger").asString(""),
                Texts.printable(line.path("message").asString()));
    }
}
