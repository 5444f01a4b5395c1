package dev.caisson.bench;

import dev.caisson.app.client.Access;
import dev.caisson.app.client.ApiClient;
import dev.caisson.app.server.Provision;
import dev.caisson.app.server.Settings;
import dev.caisson.base.SandboxId;
import dev.caisson.host.journal.MachineName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code caisson bench}: the command. */
@Command(
        name = "bench",
        description = "Measures the running Caisson, each figure beside the bare tool's in the same run. Needs root.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: caisson bench --rounds 100 --json figures.json",
            "Saved state: caisson bench --only pause,snapshot,fork,rollback,idle --idle 100"
        })
public final class Bench implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:CAISSON_DATA:-/var/lib/caisson}", description = "Which installation.")
    private Path data = Path.of("/var/lib/caisson");

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "50", description = "Rounds of each measurement (default: ${DEFAULT-VALUE}).")
    private int rounds = 50;

    @Option(names = "--idle", paramLabel = "N", defaultValue = "50", description = "Sandboxes that do nothing, for the part idle; less if the server takes no more (default: ${DEFAULT-VALUE}).")
    private int idle = 50;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures there as JSON too.")
    private @Nullable Path file;

    @Option(names = "--only", paramLabel = "PART", split = ",", description = "Measure only this: ${COMPLETION-CANDIDATES} (default: all).")
    private List<Measurements.Part> only = List.of(Measurements.Part.values());

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).setUsageHelpWidth(100).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
    }

    record Result(Instant when, String machine, String engine, String standbys, List<Row> rows, List<Figure> figures, List<String> refused) {}

    @Override
    public Integer call() throws Exception {
        requireCounts();
        var settings = Settings.load(data);
        var installation = settings.installation(data);
        var engine = Provision.load(data).engineBuild();
        var access = Access.find(Map.of(), data);
        try (var api = new ApiClient(access)) {
            var sandboxes = new Sandboxes(api);
            var like = api.create("base", Optional.empty(), Map.of());
            var disk = api.get("/sandboxes/" + like.id()).path("diskSizeMB").asLong() << 20;
            var bundle = installation.run().resolve("gvisor/sandboxes").resolve(MachineName.of(new SandboxId(like.id())));
            try (var bare = new BareTool(engine, bundle, data.resolve("work/bench"), disk)) {
                var findings = new Measurements(sandboxes, bare, new Slots(installation, access.url()), rounds, idle).of(only);
                report(findings, new Result(
                        Instant.now(), machine(), String.valueOf(engine.getFileName()), standbys(sandboxes),
                        findings.rows(), findings.figures(), findings.refused()));
            } finally {
                api.delete("/sandboxes/" + like.id());
            }
        }
        return 0;
    }

    private void requireCounts() {
        if (rounds < 1) {
            throw new ParameterException(spec.commandLine(), "--rounds is 1 or more, not " + rounds);
        }
        if (idle < 1) {
            throw new ParameterException(spec.commandLine(), "--idle is 1 or more, not " + idle);
        }
    }

    private void report(Findings findings, Result result) throws Exception {
        System.out.printf("%s, %s, %s, %s%n%n", result.when(), result.machine(), result.engine(), result.standbys());
        System.out.print(Report.of(findings));
        if (file != null) {
            Files.write(file, JSON.writeValueAsBytes(result));
        }
    }

    private static String standbys(Sandboxes sandboxes) {
        var most = sandboxes.mostStandbys();
        return most == 0 ? "standbys off" : "standbys on, " + most + " at most";
    }

    private static String machine() throws Exception {
        var load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        return Runtime.getRuntime().availableProcessors() + " processors, Linux " + System.getProperty("os.version") + ", load " + load;
    }
}
