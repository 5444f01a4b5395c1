package dev.caisson.app.server;

import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import dev.caisson.linux.Command;
import dev.caisson.linux.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Starts and stops the server of an installation from outside it. Sandboxes do not notice either. */
public final class ServerProcess {
    private static final Duration APPEAR_PATIENCE = Duration.ofSeconds(20);
    /** Finding many sandboxes again takes a while on a busy machine. */
    private static final Duration START_PATIENCE = Duration.ofMinutes(3);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private final Installation installation;

    public ServerProcess(Installation installation) {
        this.installation = installation;
    }

    /**
     * Starts the server in a session of its own and waits until it answers.
     *
     * @throws AppException if it does not come up; the message has the end of its log
     */
    public ServerRecord start(Program program) {
        var log = log("server.out");
        try {
            Files.createDirectories(log.getParent());
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not prepare " + log + ": " + e.getMessage(), e);
        }
        var arguments = new ArrayList<>(List.of("--fork"));
        arguments.addAll(program.serverCommand(installation.data()));
        Command.of(program("setsid"), arguments)
                .withEnvironment(java.util.Map.of("MALLOC_ARENA_MAX", "2"))
                .inFolder(installation.data())
                .withOutputTo(log)
                .run();
        return awaitReady();
    }

    /** The server that runs, if one does. */
    public Optional<ServerRecord> find() {
        return ServerRecord.find(installation);
    }

    /**
     * Waits until the server that was started answers.
     *
     * @throws AppException if it does not come up; the message has the end of its log
     */
    public ServerRecord awaitReady() {
        // Once it has appeared it is there until it dies.
        var appeared = await(() -> find().isPresent(), APPEAR_PATIENCE);
        var decided = appeared && await(() -> find().map(ServerRecord::ready).orElse(true), START_PATIENCE);
        return find().filter(found -> decided && found.ready()).orElseThrow(() -> new AppException(
                Category.INTERNAL,
                "the server did not come up; `journalctl -u " + installation.name() + "` says why if it is a service, else the end of its logs:\n"
                        + endOf(log("server.log")) + "\n" + endOf(log("server.out"))));
    }

    private Path log(String name) {
        return installation.data().resolve("logs").resolve(name);
    }

    /**
     * Asks the server to stop and waits for it; kills it if it does not listen.
     *
     * @return false if none ran
     */
    public boolean stop() {
        var found = find();
        if (found.isEmpty()) {
            return false;
        }
        var process = found.get().process();
        Signals.send(process, Signals.Signal.TERMINATE);
        if (!await(() -> !process.isAlive(), STOP_PATIENCE)) {
            Signals.send(process, Signals.Signal.KILL);
            await(() -> !process.isAlive(), STOP_PATIENCE);
        }
        return true;
    }

    private static boolean await(BooleanSupplier condition, Duration patience) {
        var end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    private static Path program(String name) {
        return Command.find(name).orElseThrow(() -> new AppException(
                Category.UNSUPPORTED, "the program '" + name + "' (package util-linux) is missing"));
    }

    private static String endOf(Path log) {
        try {
            var lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException e) {
            return "";
        }
    }
}
