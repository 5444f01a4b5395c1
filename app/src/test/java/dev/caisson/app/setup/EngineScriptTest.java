package dev.caisson.app.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code runsc/build} where building from the module is not possible: without a module proxy and without a cache. The engine
 * that {@code ./caisson test} prepared serves as the official release.
 */
@Tag("root")
class EngineScriptTest {
    @TempDir
    Path folder;

    private Path script;
    private Path engine;
    private Path out;
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void findEngine() throws IOException {
        script = Path.of(property("caisson.dist")).resolve("runsc/build");
        engine = Path.of(property("caisson.data.seed")).resolve("engines/gvisor").resolve(ok("--version").strip());
        out = folder.resolve("engines/new");
        environment.put("HOME", Files.createDirectory(folder.resolve("home")).toString());
        environment.put("GOPROXY", "off");
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), "this test needs -D" + name + ", as `./caisson test` gives it");
    }

    private Command.Result run(String... arguments) {
        return Command.of(script, List.of(arguments)).withEnvironment(environment).withDeadline(Duration.ofMinutes(5)).runAnyExit();
    }

    private String ok(String... arguments) {
        return Command.of(script, List.of(arguments)).run().output();
    }

    private String release(String sum) throws IOException {
        var archive = folder.resolve("release.tar.gz");
        Command.ofSystem("tar", "-czf", archive.toString(), "-C", engine.toString(), "runsc", "gvisor-bin").withDeadline(Duration.ofMinutes(3)).run();
        var right = Command.ofSystem("sha512sum", archive.toString()).run().output().split(" ", 2)[0];
        var architecture = System.getProperty("os.arch").equals("amd64") ? "amd64" : "arm64";
        var pins = folder.resolve("release.env");
        Files.writeString(pins, "RELEASE_VERSION_%1$s=%2$s\nRELEASE_URL_%1$s=file://%3$s\nRELEASE_SHA512_%1$s=%4$s\n".formatted(
                architecture, Files.readString(engine.resolve("version")).strip(), archive, sum.isEmpty() ? right : sum));
        return pins.toString();
    }

    @Test
    void aCompleteEngineIsLeftAsItIs() throws IOException {
        var before = Files.getLastModifiedTime(engine);
        var result = run(engine.toString());

        assertThat(result.exitCode()).isZero();
        assertThat(result.output()).contains("is complete in");
        assertThat(Files.getLastModifiedTime(engine)).isEqualTo(before);
    }

    @Test
    void theOfficialReleaseIsTakenWhereTheModuleCannotBeBuilt() throws IOException {
        environment.put("CAISSON_RUNSC_RELEASE", release(""));
        var result = run(out.toString());

        assertThat(result.exitCode()).as(result.errors()).isZero();
        assertThat(result.output()).contains("checked: a sandbox starts, with precompiled seccomp");
        assertThat(ok("--check", out.toString())).isEmpty();
        assertThat(out.resolve("gvisor-bin/gvisor_sentry")).hasSameBinaryContentAs(engine.resolve("gvisor-bin/gvisor_sentry"));
        assertNothingElseIsThere();
    }

    @Test
    void aDamagedEngineIsNoticedAndReplaced() throws IOException {
        environment.put("CAISSON_RUNSC_RELEASE", release(""));
        Command.ofSystem("cp", "-r", engine.toString(), Files.createDirectories(out.getParent()).resolve("new").toString()).run();
        Files.writeString(out.resolve("gvisor-bin/gvisor-sentry-prewarmer"), "damage");

        assertThat(run("--check", out.toString()).exitCode()).isEqualTo(1);
        assertThat(run(out.toString()).exitCode()).isZero();
        assertThat(run("--check", out.toString()).exitCode()).isZero();
    }

    @Test
    void aReleaseWithAnotherChecksumIsRefused() throws IOException {
        environment.put("CAISSON_RUNSC_RELEASE", release("0".repeat(128)));
        var result = run(out.toString());

        assertThat(result.exitCode()).isNotZero();
        assertThat(result.errors()).contains("wrong checksum");
        assertThat(out).doesNotExist();
        assertNothingElseIsThere();
    }

    @Test
    void withoutAPinnedReleaseItSaysWhatIsMissing() throws IOException {
        var result = run(out.toString());

        assertThat(result.exitCode()).isNotZero();
        assertThat(result.errors()).contains("could not build the engine from the module", "no official release is pinned");
        assertThat(out).doesNotExist();
        assertNothingElseIsThere();
    }

    private void assertNothingElseIsThere() throws IOException {
        try (var files = Files.list(out.getParent())) {
            assertThat(files.filter(file -> !file.equals(out))).isEmpty();
        }
    }
}
