package dev.caisson.envd.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The Connect protocol's own conformance suite against the connect package. Its runner is a Go program whose version is pinned in
 * {@code src/test/conformance}; without Go, or without a way to its modules, the test is skipped and says so.
 */
class ConformanceTest {
    private static final Path SUITE = Path.of("src", "test", "conformance").toAbsolutePath();
    private static final Path OUTPUT = Path.of("target", "conformance").toAbsolutePath();
    private static final Path RUNNER = OUTPUT.resolve("connectconformance");

    /** Building it takes a minute, once. */
    private static final int PATIENCE_SECONDS = 240;

    private record Ended(int exitCode, String output) {}

    @Test
    void theServerPassesTheSuite() throws Exception {
        var go = Stream.of("/usr/local/go/bin/go", "/usr/bin/go", "/usr/local/bin/go").map(Path::of).filter(Files::isExecutable).findFirst();
        skipUnless(go.isPresent(), "Go is not installed");
        Files.createDirectories(OUTPUT);
        var built = run(SUITE, List.of(
                go.get().toString(), "build", "-o", RUNNER.toString(), "connectrpc.com/conformance/cmd/connectconformance"));
        skipUnless(built.exitCode() == 0, "the suite's runner could not be built: " + built.output());
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var result = run(OUTPUT, List.of(
                RUNNER.toString(), "--mode", "server", "--conf", SUITE.resolve("config.yaml").toString(),
                "--known-failing", "@" + SUITE.resolve("known-failing.txt"), "--max-servers", "1", "--parallel", "4", "--",
                java, "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), ConformanceServer.class.getName()));
        System.out.println(result.output().lines().reduce("", (_, last) -> last));
        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    private static void skipUnless(boolean condition, String reason) {
        if (!condition) {
            System.out.println("the conformance suite did not run: " + reason);
        }
        assumeTrue(condition, reason);
    }

    private static Ended run(Path folder, List<String> command) throws IOException, InterruptedException {
        var log = Files.createTempFile(OUTPUT, "run", ".log");
        var process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("%s ends", command.getFirst()).isTrue();
            return new Ended(process.exitValue(), Files.readString(log));
        } finally {
            process.destroyForcibly();
            Files.delete(log);
        }
    }
}
