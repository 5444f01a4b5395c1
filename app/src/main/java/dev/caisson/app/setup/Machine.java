package dev.caisson.app.setup;

import dev.caisson.app.AppException;
import dev.caisson.app.Program;
import dev.caisson.app.Provision;
import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

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

    /** Everything {@code caisson up} needs, the machine's own settings and user group included. */
    public Provision ready() {
        makeDataFolder();
        var steps = new ArrayList<SetupStep>(List.of(
                new SystemPackages(), new UserGroup(installation.name()), new KernelLimits(KernelSettings.ofThisMachine(), new ChangedSettings(KernelSettings.ofThisMachine(), installation.data()))));
        return run(steps);
    }

    /** Only what goes below the data folder: engine, layers, template. The tests' part. */
    public Provision prepared() {
        makeDataFolder();
        return run(new ArrayList<>(List.of(new SystemPackages())));
    }

    private Provision run(List<SetupStep> steps) {
        var engine = new EngineBuild(installation, program);
        var agent = new AgentLayer(installation, program);
        steps.add(engine);
        steps.add(agent);
        steps.add(new BaseTemplateStep(installation));
        new SetUp(steps, out).run();
        var provision = new Provision(engine.folder(), agent.hash());
        provision.save(installation.data());
        return provision;
    }

    /** Root's, passable for the group that may read the key file, closed to everybody else. */
    private void makeDataFolder() {
        try {
            Files.createDirectories(installation.data());
            Files.setPosixFilePermissions(installation.data(), PosixFilePermissions.fromString("rwxr-x--x"));
            for (var closed : new Path[] {installation.sandboxes(), installation.layers(), installation.templates(), installation.engines()}) {
                Files.createDirectories(closed);
                Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
            }
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not make " + installation.data() + ": " + e.getMessage(), e);
        }
    }
}
