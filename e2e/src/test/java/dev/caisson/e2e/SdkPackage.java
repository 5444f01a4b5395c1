package dev.caisson.e2e;

import dev.caisson.linux.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * A published client package in one version, as its lock file in {@code sdk/} pins it. Fetched into {@code build/sdk} when a
 * test needs it first, and again when the lock file has changed; tests that run abreast wait for one another there.
 */
enum SdkPackage {
    JAVA_SCRIPT_OLD("js-2.45.0"),
    JAVA_SCRIPT("js-2.51.0"),
    PYTHON_OLD("python-2.45.1"),
    PYTHON("python-2.63.0"),
    CLI_OLD("cli-2.16.0"),
    CLI("cli-2.19.0");

    private static final Duration INSTALL_DEADLINE = Duration.ofMinutes(5);
    private static final Path LOCKS = Path.of("sdk").toAbsolutePath();
    private static final Path HOMES = Path.of("..", "build", "sdk").toAbsolutePath().normalize();
    private final String folder;

    SdkPackage(String folder) {
        this.folder = folder;
    }

    /** Its folder, with the package in it. */
    synchronized Path home() {
        var home = HOMES.resolve(folder);
        var lock = isPython() ? "requirements.txt" : "package-lock.json";
        var mark = home.resolve("complete");
        try (var turn = turn(home); var _ = turn.lock()) {
            var wanted = Files.readString(LOCKS.resolve(folder).resolve(lock));
            if (!Files.exists(mark) || !Files.readString(mark).equals(wanted)) {
                Files.deleteIfExists(mark);
                install(home);
                Files.writeString(mark, wanted);
            }
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException("could not install " + folder, e);
        }
    }

    private static FileChannel turn(Path home) throws IOException {
        Files.createDirectories(home);
        return FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** What runs programs that use the package. */
    Path interpreter() {
        return isPython() ? home().resolve("venv/bin/python") : program("node");
    }

    private boolean isPython() {
        return folder.startsWith("python");
    }

    private void install(Path home) throws IOException {
        for (var file : isPython() ? List.of("requirements.txt") : List.of("package.json", "package-lock.json")) {
            Files.copy(LOCKS.resolve(folder).resolve(file), home.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (isPython()) {
            run(program("python3"), List.of("-m", "venv", "--clear", "venv"), home);
            run(home.resolve("venv/bin/pip"), List.of("install", "--quiet", "--require-hashes", "-r", "requirements.txt"), home);
        } else {
            run(program("npm"), List.of("ci", "--no-audit", "--no-fund"), home);
        }
    }

    private static void run(Path program, List<String> arguments, Path home) {
        // Proxies, certificates and mirrors are the host's own affair here.
        Command.of(program, arguments).withEnvironment(System.getenv()).inFolder(home).withDeadline(INSTALL_DEADLINE).run();
    }

    /** Also those that version managers put on a person's path. */
    static Path program(String name) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " is not installed; `./caisson test` installs it"));
    }
}
