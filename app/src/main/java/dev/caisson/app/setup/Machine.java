package dev.caisson.app.setup;

import dev.caisson.app.server.AppException;
import dev.caisson.app.server.Program;
import dev.caisson.app.server.Provision;
import dev.caisson.app.server.Settings;
import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Makes a machine ready for an installation, as far as it is not. Needs root. */
public final class Machine {
    private final Installation installation;
    private final Program program;
    private final PrintStream out;

    public Machine(Installation installation, Program program, PrintStream out) {
        this.installation = installation;
        this.program = program;
        this.out = out;
    }

    /**
     * Takes the data folder for this installation, making it if there is none.
     *
     * @throws AppException {@code CONFLICT} if it holds something else: {@code down --all} removes all that is in it
     */
    public void claimDataFolder() {
        if (Settings.isKept(installation.data())) {
            return;
        }
        try {
            Files.createDirectories(installation.data());
            try (var files = Files.list(installation.data())) {
                if (files.findAny().isPresent()) {
                    throw new AppException(
                            Category.CONFLICT, installation.data() + " holds something that is not Caisson's; give an empty folder with --data");
                }
            }
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not make " + installation.data() + ": " + e.getMessage(), e);
        }
    }

    /** Everything {@code caisson up} needs, the machine's own settings and user group included. */
    public Provision ready() {
        closeFolders();
        return run(new ArrayList<>(List.of(new SystemPackages(), new UserGroup(installation), limits())));
    }

    /** What does not survive a restart of the machine. */
    public void raiseLimits() {
        new SetUp(List.of(limits()), out).run();
    }

    private SetupStep limits() {
        var settings = KernelSettings.ofThisMachine();
        return new KernelLimits(settings, new ChangedSettings(settings, installation.data()));
    }

    /** Only what goes below the data folder: engine, layers, template. The tests' part. */
    public Provision prepared() {
        closeFolders();
        return run(new ArrayList<>(List.of(new SystemPackages())));
    }

    private Provision run(List<SetupStep> steps) {
        var engine = new EngineBuild(installation, program);
        var agent = new AgentLayer(installation, program);
        steps.add(agent);
        // Compiling takes all processors, but not all the time; unpacking packages never takes more than one.
        steps.add(new StepsAtOnce(List.of(engine, new BaseTemplateStep(installation))));
        new SetUp(steps, out).run();
        var provision = new Provision(engine.folder(), agent.hash());
        provision.save(installation.data());
        return provision;
    }

    /** Root's, passable for the group that may read the key file, closed to everybody else. */
    private void closeFolders() {
        try {
            Files.setPosixFilePermissions(installation.data(), PosixFilePermissions.fromString("rwxr-x--x"));
            var inside = Stream.of("logs", "program", "work", "disks").map(installation.data()::resolve);
            var known = Stream.of(installation.sandboxes(), installation.layers(), installation.templates(), installation.engines());
            for (var closed : Stream.concat(known, inside).toList()) {
                Files.createDirectories(closed);
                Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
            }
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not make " + installation.data() + ": " + e.getMessage(), e);
        }
    }
}
