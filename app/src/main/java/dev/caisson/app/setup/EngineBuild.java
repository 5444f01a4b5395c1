package dev.caisson.app.setup;

import dev.caisson.app.Program;
import dev.caisson.base.Installation;
import dev.caisson.image.Progress;
import dev.caisson.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The engine's binaries, complete and of the version that the program's sources say; {@code runsc/build} gets them. */
final class EngineBuild implements SetupStep {
    private static final Duration DEADLINE = Duration.ofMinutes(30);
    private final Path script;
    private final String version;
    private final Path folder;

    EngineBuild(Installation installation, Program program) {
        this.script = program.engineSources().resolve("build");
        this.version = Command.of(script, List.of("--version")).run().output().strip();
        this.folder = installation.engines().resolve("gvisor").resolve(version);
    }

    Path folder() {
        return folder;
    }

    @Override
    public String name() {
        return "the engine (gVisor)";
    }

    /** The script writes the version last; it verifies every file when it runs. */
    @Override
    public boolean isDone() {
        try {
            return Files.exists(folder.resolve("manifest")) && Files.readString(folder.resolve("version")).strip().equals(version);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void run(Progress progress) {
        Command.of(script, List.of(folder.toString()))
                .withEnvironment(HostEnvironment.forDownloads())
                .withDeadline(DEADLINE)
                .runFollowing(progress::report);
    }
}
