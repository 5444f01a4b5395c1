package dev.caisson.e2e;

import dev.caisson.app.client.Access;
import dev.caisson.app.client.ApiClient;
import dev.caisson.app.server.ServerRecord;
import dev.caisson.app.server.Settings;
import dev.caisson.app.server.StandbyChoice;
import dev.caisson.app.tls.TlsSettings;
import dev.caisson.base.Installation;
import dev.caisson.base.testing.AddressRange;
import dev.caisson.linux.Command;
import dev.caisson.linux.Signals;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * An installation of its own, brought up with {@code caisson up} and removed with {@code caisson down --all}; closing it fails
 * if that leaves anything. Engine and templates come from what {@code ./caisson test} prepared.
 */
final class Caisson implements AutoCloseable {
    private static final Duration COMMAND_DEADLINE = Duration.ofMinutes(3);
    private final Path data;
    private final Installation installation;
    private final Leftovers before;
    private final AddressRange addresses;

    private Caisson(Path data, Settings settings, AddressRange addresses) {
        this.data = data;
        this.addresses = addresses;
        this.installation = settings.installation(data);
        this.before = Leftovers.of(installation);
    }

    static Caisson up(String... options) {
        var random = ThreadLocalRandom.current();
        var name = "ct" + Integer.toString(random.nextInt(36 * 36 * 36 * 36), 36);
        var addresses = AddressRange.take();
        // Tests count what a sandbox leaves behind, so there are none that they did not make, unless they ask for some.
        var settings = new Settings(
                name, Path.of("/run", name), addresses.prefix(), "127.0.0.1", freePort(), TlsSettings.NONE, StandbyChoice.OFF);
        try {
            var data = Files.createTempDirectory("caisson-e2e-");
            plant(Path.of(property("caisson.data.seed")), data);
            settings.save(data);
            var caisson = new Caisson(data, settings, addresses);
            var arguments = new ArrayList<>(List.of("up"));
            arguments.addAll(List.of(options));
            caisson.cli(arguments.toArray(String[]::new)).expectSuccess();
            return caisson;
        } catch (IOException e) {
            throw new IllegalStateException("could not prepare an installation", e);
        }
    }

    /** What {@code caisson up} finds there already. */
    private static void plant(Path seed, Path data) throws IOException {
        for (var folder : List.of("layers", "templates")) {
            Files.createDirectories(data.resolve(folder));
            try (var files = Files.list(seed.resolve(folder))) {
                for (var file : files.toList()) {
                    Files.createSymbolicLink(data.resolve(folder).resolve(file.getFileName()), file.toAbsolutePath());
                }
            }
        }
        Files.createSymbolicLink(data.resolve("engines"), seed.resolve("engines").toAbsolutePath());
    }

    Path data() {
        return data;
    }

    Installation installation() {
        return installation;
    }

    Access access() {
        return Access.find(Map.of(), data);
    }

    ApiClient api() {
        return new ApiClient(access());
    }

    /** Variables that point the SDKs here. */
    Map<String, String> sdkEnvironment() {
        var access = access();
        var url = access.url().toString();
        return Map.of("E2B_API_KEY", access.key(), "E2B_API_URL", url, "E2B_SANDBOX_URL", url);
    }

    /** What a command left, with a way to insist that it succeeded. */
    record CliResult(String command, int exitCode, String output, String errors) {
        CliResult expectSuccess() {
            if (exitCode != 0) {
                throw new AssertionError("`" + command + "` exited with " + exitCode + "\n" + output + "\n" + errors);
            }
            return this;
        }
    }

    /** Runs {@code caisson} with {@code CAISSON_DATA} set to this installation. */
    CliResult cli(String... arguments) {
        return cliWithInput("", arguments);
    }

    CliResult cliWithInput(String input, String... arguments) {
        var command = cliCommand(arguments);
        var result = cliProcess(Path.of(command.getFirst()), command.subList(1, command.size())).withInput(input).runAnyExit();
        return new CliResult("caisson " + String.join(" ", arguments), result.exitCode(), result.output(), result.errors());
    }

    /** Runs a shell script in which {@code caisson} is a command. */
    CliResult shell(String script) {
        var result = cliProcess(Path.of("/bin/bash"), List.of("-c", shellFunction() + script)).runAnyExit();
        return new CliResult(script, result.exitCode(), result.output(), result.errors());
    }

    /** What makes {@code caisson} a command in a shell. */
    String shellFunction() {
        return "caisson() { " + cliCommand().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" ")) + " \"$@\"; }\n";
    }

    /** The words that run {@code caisson}, with the launcher's memory. */
    List<String> cliCommand(String... arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m",
                "-Dcaisson.dist=" + property("caisson.dist"), "-cp", property("caisson.dist") + "/lib/*", "dev.caisson.app.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    private Command cliProcess(Path program, List<String> arguments) {
        return Command.of(program, arguments)
                .withEnvironment(Map.of("CAISSON_DATA", data.toString(), "LC_ALL", "C.UTF-8"))
                .withDeadline(COMMAND_DEADLINE);
    }

    ServerRecord server() {
        return ServerRecord.find(installation).orElseThrow(() -> new AssertionError("the server does not run"));
    }

    /** As a crash would, at once and without a word. */
    void killServer() {
        var process = server().process();
        Signals.send(process, Signals.Signal.KILL);
        org.awaitility.Awaitility.await().until(() -> !process.isAlive());
    }

    @Override
    public void close() {
        cli("down", "--all").expectSuccess();
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> before.expectNoneNew());
        addresses.close();
        if (Files.exists(data)) {
            throw new AssertionError("`down --all` left " + data);
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("no free port", e);
        }
    }

    static String property(String name) {
        var value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("run this with `./caisson test`, which sets " + name);
        }
        return value;
    }
}
