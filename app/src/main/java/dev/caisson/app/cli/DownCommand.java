package dev.caisson.app.cli;

import dev.caisson.app.server.ServerProcess;
import dev.caisson.app.server.Settings;
import dev.caisson.app.setup.SystemdUnit;
import dev.caisson.app.setup.Teardown;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "down",
        description = "Stops the server; sandboxes go on and are found again by the next `up`.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson down --all"})
final class DownCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Option(names = "--all", description = "End all sandboxes too, and remove everything that Caisson made or changed on this machine.")
    private boolean all;

    @Override
    public Integer call() {
        var installation = Settings.load(data.folder()).installation(data.folder());
        if (all) {
            new Teardown(installation).run();
            System.out.println("everything is removed");
            return 0;
        }
        var unit = new SystemdUnit(installation);
        if (unit.isInstalled()) {
            unit.stop();
        }
        System.out.println(new ServerProcess(installation).stop() || unit.isInstalled() ? "stopped; sandboxes go on" : "no server ran");
        return 0;
    }
}
