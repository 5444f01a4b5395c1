package dev.caisson.app.cli;

import dev.caisson.app.client.Access;
import dev.caisson.app.server.AppException;
import dev.caisson.app.server.Program;
import dev.caisson.app.server.ServerProcess;
import dev.caisson.app.server.ServerRecord;
import dev.caisson.app.server.Settings;
import dev.caisson.app.server.StandbyChoice;
import dev.caisson.app.setup.Machine;
import dev.caisson.app.setup.SystemdUnit;
import dev.caisson.app.tls.Certificates;
import dev.caisson.base.Category;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "up",
        description = "Makes this machine ready as far as it is not, and starts the server. Can be run again at any time.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson up --port 4747"})
final class UpCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Option(names = "--port", paramLabel = "N", description = "TCP port (default: 4747, or what an earlier up was told).")
    private @Nullable Integer port;

    @Option(names = "--listen", paramLabel = "ADDRESS", description = "Address to listen on (default: 127.0.0.1).")
    private @Nullable String listen;

    @Mixin
    private TlsOptions tlsOptions = new TlsOptions();

    @Option(
            names = "--standbys",
            paramLabel = "N|off|auto",
            description = "How many sandboxes are kept ready for whoever comes next: at most N, none, or as many as demand asks for"
                    + " and the machine bears (default: auto).")
    private @Nullable String standbys;

    @Option(names = "--foreground", description = "Run the server in this process instead of in the background.")
    private boolean foreground;

    @Option(names = "--service", description = "Run the server as a systemd service, started at every boot.")
    private boolean service;

    @Mixin
    private InstallationOptions installationOptions = new InstallationOptions();

    @Override
    public Integer call() throws InterruptedException {
        var folder = data.folder();
        var settings = merged(Settings.load(folder));
        var installation = settings.installation(folder);
        var machine = new Machine(installation, Program.current(), System.err);
        machine.claimDataFolder();
        settings.certificates(folder).flatMap(Certificates::prepare).ifPresent(made -> System.err.println("  made " + made));
        settings.save(folder);
        machine.ready();
        var program = Program.current().install(folder);
        if (foreground) {
            ServeCommand.serve(data);
            return 0;
        }
        var record = start(new ServerProcess(installation), new SystemdUnit(installation), program, settings);
        Welcome.print(Access.find(Map.of(), folder), record, PublicNames.of(settings, folder));
        return 0;
    }

    private ServerRecord start(ServerProcess process, SystemdUnit unit, Program program, Settings settings) {
        var running = process.find();
        if (running.isPresent() && isWanted(running.get(), program, settings) && (!service || unit.isInstalled())) {
            return running.get();
        }
        if (service || unit.isInstalled()) {
            process.stop();
            unit.install(program);
            return process.awaitReady();
        }
        process.stop();
        return process.start(program);
    }

    private static boolean isWanted(ServerRecord running, Program program, Settings settings) {
        return running.program().equals(program.folder().toString())
                && running.url().equals("http://" + settings.listen() + ":" + settings.port())
                && running.tls().equals(settings.tls())
                && running.standbys().equals(settings.standbys());
    }

    private Settings merged(Settings known) {
        var settings = installationOptions.over(known);
        var address = listen == null ? settings.listen() : listen;
        if (address.isBlank()) {
            throw new AppException(Category.INVALID, "--listen needs an address, such as 127.0.0.1 or 0.0.0.0");
        }
        return new Settings(
                settings.name(), settings.run(), settings.addresses(), address, port == null ? settings.port() : port,
                tlsOptions.over(settings.tls()), standbys == null ? settings.standbys() : new StandbyChoice(standbys));
    }
}
