package dev.caisson.e2e;

import dev.caisson.linux.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The official SDKs at their pinned versions, installed once below the module's target folder. */
final class Sdk {
    private static final Duration INSTALL_DEADLINE = Duration.ofMinutes(5);
    private static final Duration SCRIPT_DEADLINE = Duration.ofMinutes(5);
    private static final Path SOURCES = Path.of("sdk").toAbsolutePath();
    private static final Path HOME = Path.of("target", "sdk").toAbsolutePath();

    private Sdk() {}

    /** Runs a JavaScript module with the npm package {@code e2b}. */
    static Command.Result javaScript(String program, Map<String, String> environment) {
        return run(program("node"), javaScriptHome(), "program-" + System.nanoTime() + ".mjs", program, environment);
    }

    /** Runs a Python program with the PyPI package {@code e2b}. */
    static Command.Result python(String program, Map<String, String> environment) {
        var home = pythonHome();
        return run(home.resolve("venv/bin/python"), home, "program-" + System.nanoTime() + ".py", program, environment);
    }

    private static Command.Result run(Path interpreter, Path home, String name, String program, Map<String, String> environment) {
        try {
            var file = Files.writeString(home.resolve(name), program);
            return Command.of(interpreter, List.of(file.toString()))
                    .withEnvironment(environment)
                    .inFolder(home)
                    .withDeadline(SCRIPT_DEADLINE)
                    .runAnyExit();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static synchronized Path javaScriptHome() {
        return install("js", List.of("package.json", "package-lock.json"), home ->
                installer(program("npm"), List.of("ci", "--no-audit", "--no-fund"), home));
    }

    private static synchronized Path pythonHome() {
        return install("python", List.of("requirements.txt"), home -> {
            installer(program("python3"), List.of("-m", "venv", "venv"), home);
            installer(home.resolve("venv/bin/pip"), List.of("install", "--quiet", "--require-hashes", "-r", "requirements.txt"), home);
        });
    }

    private interface Installer {
        void install(Path home);
    }

    private static Path install(String name, List<String> files, Installer installer) {
        var home = HOME.resolve(name);
        var mark = home.resolve("complete");
        try {
            if (!Files.exists(mark)) {
                Files.createDirectories(home);
                for (var file : files) {
                    Files.copy(SOURCES.resolve(name).resolve(file), home.resolve(file), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
                installer.install(home);
                Files.createFile(mark);
            }
            return home;
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void installer(Path program, List<String> arguments, Path home) {
        // Proxies, certificates and mirrors are the host's own affair here.
        Command.of(program, arguments).withEnvironment(System.getenv()).inFolder(home).withDeadline(INSTALL_DEADLINE).run();
    }

    /** Also those that version managers put on a person's path. */
    private static Path program(String name) {
        return java.util.Arrays.stream(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " is not installed; `./caisson test` installs it"));
    }
}
