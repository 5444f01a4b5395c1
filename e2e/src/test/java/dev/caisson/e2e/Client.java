package dev.caisson.e2e;

import dev.caisson.linux.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client whose compatibility is shown: a package in one version, and which of its interfaces is used. The old package's
 * asynchronous interface sends what its blocking one sends, in the new one's manner: it is left out, for the time it takes.
 */
enum Client {
    JAVA_SCRIPT_OLD("npm 2.45.0", SdkPackage.JAVA_SCRIPT_OLD, "js/runner.mjs"),
    JAVA_SCRIPT("npm 2.51.0", SdkPackage.JAVA_SCRIPT, "js/runner.mjs"),
    PYTHON_OLD("PyPI 2.45.1", SdkPackage.PYTHON_OLD, "python/runner.py", "blocking"),
    PYTHON("PyPI 2.63.0", SdkPackage.PYTHON, "python/runner.py", "blocking"),
    PYTHON_ASYNC("PyPI 2.63.0 async", SdkPackage.PYTHON, "python/runner.py", "async"),
    CLI_OLD("2.16.0", SdkPackage.CLI_OLD, "cli/runner.py"),
    CLI("2.19.0", SdkPackage.CLI, "cli/runner.py");

    private static final Duration DEADLINE = Duration.ofMinutes(10);
    private static final Path SCENARIOS = Path.of("scenarios").toAbsolutePath();
    private static final JsonMapper JSON = new JsonMapper();
    private final String title;
    private final SdkPackage sdk;
    private final String runner;
    private final List<String> arguments;

    Client(String title, SdkPackage sdk, String runner, String... arguments) {
        this.title = title;
        this.sdk = sdk;
        this.runner = runner;
        this.arguments = List.of(arguments);
    }

    /** Whether it is the command line, which has scenarios of its own. */
    boolean isCommandLine() {
        return runner.startsWith("cli/");
    }

    /** As the table calls it. */
    String title() {
        return title;
    }

    /**
     * Runs all scenarios, in their order.
     *
     * @param hosts what the scenarios may change in the place of {@code /etc/hosts}: names below a domain are not known to every
     *     machine's resolver
     */
    List<Outcome> run(Map<String, String> environment, Path hosts) {
        var command = new ArrayList<>(List.of("--mount", "--", "/bin/sh", "-c", "mount --bind \"$0\" /etc/hosts && exec \"$@\"", hosts.toString()));
        var script = scenarios().resolve(Path.of(runner).getFileName()).toString();
        // A Python script drives the command line's own program.
        command.addAll(isCommandLine()
                ? List.of(
                        SdkPackage.program("python3").toString(), script, sdk.interpreter().toString(),
                        sdk.home().resolve("node_modules/@e2b/cli/dist/index.js").toString())
                : List.of(sdk.interpreter().toString(), script));
        command.addAll(arguments);
        var result = Command.ofSystem("unshare", command.toArray(String[]::new))
                .withEnvironment(environment)
                .inFolder(sdk.home())
                .withDeadline(DEADLINE)
                .runAnyExit();
        if (result.exitCode() != 0 || !result.errors().isEmpty()) {
            throw new AssertionError(title + " exited with " + result.exitCode() + "\n" + result.output() + "\n" + result.errors());
        }
        return result.output().lines().map(line -> JSON.readValue(line, Outcome.class)).toList();
    }

    /** The scenarios beside the package, where an import finds it. */
    private Path scenarios() {
        var source = SCENARIOS.resolve(runner).getParent();
        var target = sdk.home().resolve("scenarios");
        try (var files = Files.list(source)) {
            Files.createDirectories(target);
            for (var file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
