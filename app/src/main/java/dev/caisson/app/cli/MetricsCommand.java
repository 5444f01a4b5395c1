package dev.caisson.app.cli;

import dev.caisson.app.client.ClientException;
import dev.caisson.app.client.SandboxPast;
import dev.caisson.base.Category;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
        name = "metrics",
        description = {
            "Shows what a sandbox uses or used: share of its processors, memory, page cache and disk.",
            "A sample is taken every 5 s; of longer times fewer are shown, with the largest figures."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson metrics --follow i4k2m9x0q7w1e8r5t3y6u"})
final class MetricsCommand implements Callable<Integer> {
    private static final Duration EVERY = Duration.ofSeconds(1);

    @Mixin
    private DataOption data = new DataOption();

    @Option(names = {"-f", "--follow"}, description = "Show new ones as they come, until the sandbox is gone.")
    private boolean follow;

    @Option(
            names = "--since", paramLabel = "TIME", converter = Since.Converter.class,
            description = "From when on: 90s, 10m, 2h, 3d ago, or 2026-01-31T12:00:00Z (default: its whole life).")
    private Since since = new Since(Instant.EPOCH);

    @Option(names = "--json", description = "Print one JSON object a line.")
    private boolean json;

    @Parameters(paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var past = new SandboxPast(api, id, "", since.asked());
            var samples = past.nextSamples();
            if (samples.isEmpty()) {
                sayWhyNone(past);
            }
            if (!json) {
                System.out.printf("%-20s %7s  %-15s %7s  %-15s%n", "TIME", "CPU", "MEMORY", "CACHE", "DISK");
            }
            print(samples);
            if (follow) {
                new Follow(past, EVERY).run(() -> {
                    print(past.nextSamples());
                    return !past.exists();
                });
            }
            return 0;
        }
    }

    private void sayWhyNone(SandboxPast past) {
        if (!past.exists()) {
            throw new ClientException(
                    Category.NOT_FOUND, "there is no sandbox " + id + ", and of an earlier one no sample of the time asked for is kept");
        }
        System.err.println("caisson: no samples yet; the first one comes a second or two after the sandbox");
    }

    private void print(List<JsonNode> samples) {
        for (var sample : samples) {
            if (json) {
                System.out.println(sample);
            } else {
                System.out.printf(
                        "%-20s %7s  %-15s %7s  %-15s%n",
                        Instant.parse(sample.path("timestamp").asString()).truncatedTo(ChronoUnit.SECONDS),
                        cpu(sample), memory(sample), Texts.size(sample.path("memCache").asLong()), disk(sample));
            }
        }
    }

    static String cpu(JsonNode sample) {
        return "%.1f%%".formatted(sample.path("cpuUsedPct").asDouble());
    }

    static String memory(JsonNode sample) {
        return Texts.size(sample.path("memUsed").asLong()) + " / " + Texts.size(sample.path("memTotal").asLong());
    }

    static String disk(JsonNode sample) {
        return Texts.size(sample.path("diskUsed").asLong()) + " / " + Texts.size(sample.path("diskTotal").asLong());
    }
}
