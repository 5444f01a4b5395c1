package dev.caisson.app.cli;

import dev.caisson.app.server.Program;
import dev.caisson.app.server.Settings;
import dev.caisson.app.setup.Machine;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "prepare",
        description = "Makes what a server needs below a data folder (engine, layers, base template) without starting one.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson prepare --data /var/lib/caisson"})
final class PrepareCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private InstallationOptions installationOptions = new InstallationOptions();

    @Override
    public Integer call() {
        var settings = installationOptions.over(Settings.load(data.folder()));
        var machine = new Machine(settings.installation(data.folder()), Program.current(), System.err);
        machine.claimDataFolder();
        settings.save(data.folder());
        machine.prepared();
        return 0;
    }
}
