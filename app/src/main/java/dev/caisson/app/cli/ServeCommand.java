package dev.caisson.app.cli;

import dev.caisson.app.server.Program;
import dev.caisson.app.server.Server;
import dev.caisson.app.server.Settings;
import dev.caisson.app.setup.Machine;
import dev.caisson.linux.FileModes;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "serve",
        description = "Runs the server in this process until it is told to stop. `caisson up` does this and more.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson serve --data /var/lib/caisson"})
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Override
    public Integer call() throws InterruptedException {
        serve(data);
        return 0;
    }

    static void serve(DataOption data) throws InterruptedException {
        var stopped = new CountDownLatch(1);
        var settings = Settings.load(data.folder());
        // Here too, for the machine may have been restarted since `up`.
        new Machine(settings.installation(data.folder()), Program.current(), System.err).raiseLimits();
        FileModes.restrictToOwner();
        var server = Server.start(data.folder(), settings);
        // A signal starts the hooks; the process ends when this one has closed the server.
        Runtime.getRuntime().addShutdownHook(new Thread(
                () -> {
                    server.close();
                    stopped.countDown();
                },
                "stop-server"));
        stopped.await();
    }
}
