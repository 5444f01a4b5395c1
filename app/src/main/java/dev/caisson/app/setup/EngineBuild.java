package dev.caisson.app.setup;

import dev.caisson.app.server.Program;
import dev.caisson.base.Installation;
import dev.caisson.image.Progress;
import dev.caisson.linux.Command;
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

    /** Compares every file with its checksum, a fraction of a second: a damaged engine must not run sandboxes. */
    @Override
    public boolean isDone() {
        return Command.of(script, List.of("--check", folder.toString())).runAnyExit().exitCode() == 0;
    }

    @Override
    public void run(Progress progress) {
        Command.of(script, List.of(folder.toString()))
                .withEnvironment(HostEnvironment.forDownloads())
                .withEnvironment(HostEnvironment.programs())
                .withDeadline(DEADLINE)
                .runFollowing(progress::report);
    }
}
