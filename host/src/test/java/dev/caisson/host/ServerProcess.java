package dev.caisson.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Installation;
import dev.caisson.base.SandboxId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@link HostProcess} as a child, which can be killed as a real server can. */
final class ServerProcess {
    private final Process process;
    private final Path log;

    private ServerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts it and waits until a sandbox of each life, in seconds, runs its command. */
    static ServerProcess start(Installation installation, Path log, int... lives) throws IOException {
        return startWithStandbys(installation, log, 0, lives);
    }

    /** The same, and waits until a standby is ready if there are to be any. */
    static ServerProcess startWithStandbys(Installation installation, Path log, int standbys, int... lives) throws IOException {
        var line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", System.getProperty("java.class.path")));
        for (var name : List.of("caisson.data.seed", "caisson.dist", "caisson.engine.build", "logback.configurationFile")) {
            var value = System.getProperty(name);
            if (value != null) {
                line.add("-D" + name + "=" + value);
            }
        }
        line.addAll(List.of(
                HostProcess.class.getName(), installation.name(), installation.data().toString(),
                installation.run().toString(), installation.addresses(), Integer.toString(standbys)));
        for (var life : lives) {
            line.add(Integer.toString(life));
        }
        var process = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        var server = new ServerProcess(process, log);
        Waiting.soon().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(process.isAlive()).as("the server lives; it said: %s", Files.readString(log)).isTrue();
            assertThat(Files.readAllLines(log)).contains("ready");
        });
        return server;
    }

    /** Each sandbox and the process in it. */
    Map<SandboxId, Integer> sandboxes() throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.startsWith("sandbox "))
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(words -> new SandboxId(words[1]), words -> Integer.parseInt(words[2])));
    }

    /** With signal 9. */
    void kill() {
        process.destroyForcibly();
        assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(10));
    }
}
