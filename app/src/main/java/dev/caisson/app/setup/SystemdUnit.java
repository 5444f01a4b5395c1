package dev.caisson.app.setup;

import dev.caisson.app.server.AppException;
import dev.caisson.app.server.Program;
import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import dev.caisson.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The systemd unit of {@code caisson up --service}. Restarting it leaves sandboxes alive: only the server's own process is stopped. */
public final class SystemdUnit {
    private final Installation installation;
    private final Path file;

    public SystemdUnit(Installation installation) {
        this.installation = installation;
        this.file = Path.of("/etc/systemd/system", name());
    }

    private String name() {
        return installation.name() + ".service";
    }

    /** Whether systemd runs this machine. */
    public static boolean isPossible() {
        return Files.isDirectory(Path.of("/run/systemd/system"));
    }

    /** Whether the installation is run by its unit. */
    public boolean isInstalled() {
        return Files.exists(file);
    }

    /** Writes the unit and (re)starts the server with it, now and at every boot. */
    public void install(Program program) {
        if (!isPossible()) {
            throw new AppException(
                    Category.UNSUPPORTED, "systemd does not run this machine; `caisson up` without --service starts the server by itself");
        }
        try {
            Files.writeString(file, text(program.serverCommand(installation.data())));
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not write " + file + ": " + e.getMessage(), e);
        }
        Command.ofSystem("systemctl", "daemon-reload").run();
        Command.ofSystem("systemctl", "enable", name()).run();
        Command.ofSystem("systemctl", "restart", name()).run();
    }

    public void stop() {
        Command.ofSystem("systemctl", "stop", name()).run();
    }

    void remove() {
        if (!isInstalled()) {
            return;
        }
        Command.ofSystem("systemctl", "disable", "--now", name()).run();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not remove " + file + ": " + e.getMessage(), e);
        }
        Command.ofSystem("systemctl", "daemon-reload").run();
    }

    String text(List<String> command) {
        var line = command.stream().map(SystemdUnit::quoted).collect(Collectors.joining(" "));
        return """
                [Unit]
                Description=Caisson sandboxes (%s)
                After=network-online.target
                Wants=network-online.target

                [Service]
                ExecStart=%s
                Restart=always
                RestartSec=1
                # Sandboxes are not the unit's processes to stop.
                KillMode=process
                Delegate=yes
                TasksMax=infinity
                LimitNOFILE=1048576
                UMask=0077
                Environment=MALLOC_ARENA_MAX=2

                [Install]
                WantedBy=multi-user.target
                """.formatted(installation.name(), line);
    }

    /** systemd.service(5), "Command lines": double quotes, percent and dollar doubled. */
    private static String quoted(String word) {
        return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%").replace("$", "$$") + '"';
    }
}
