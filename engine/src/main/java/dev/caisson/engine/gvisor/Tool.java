package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import dev.caisson.linux.Command;
import dev.caisson.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code runsc} program of one build. Run to start and to restore a sandbox and at no other time.
 *
 * @param folder the build's folder: {@code runsc} and {@code gvisor-bin/} with the kernel and its starter
 * @param version what the build was stamped with
 */
record Tool(Path folder, String version) {
    static final String PROGRAM = "runsc";
    static final String BUNDLE_FLAG = "--bundle=";
    private static final int SHOWN_LOG = 2000;

    /**
     * Looks at a build.
     *
     * @throws EngineException {@code UNSUPPORTED} if it is incomplete or does not run
     */
    static Tool in(Path folder) {
        for (var name : List.of(PROGRAM, "gvisor-bin/gvisor_sentry", "gvisor-bin/gvisor-sentry-prewarmer")) {
            if (!Files.isExecutable(folder.resolve(name))) {
                throw new EngineException(Category.UNSUPPORTED, "the gVisor build is incomplete: '" + name + "' is missing; run `caisson up` again");
            }
        }
        try {
            var output = Command.of(folder.resolve(PROGRAM), List.of("--version")).run().output();
            var version = output.lines().filter(line -> line.startsWith("runsc version ")).map(line -> line.substring(14).strip()).findFirst();
            return new Tool(folder, version.orElseThrow(() -> new EngineException(Category.UNSUPPORTED, "the gVisor build does not say its version")));
        } catch (LinuxException e) {
            throw new EngineException(Category.UNSUPPORTED, "the gVisor build does not run on this machine", e);
        }
    }

    /**
     * Creates and starts the container whose spec lies in the sandbox's folder.
     *
     * @throws EngineException if it could not; its cause has the tool's own words
     */
    void start(Places places, String id, Duration deadline) {
        make(places, id, deadline, List.of("run", "--detach", bundle(places, id), "--pid-file=" + places.pidFile(id), id));
    }

    /** Creates the container whose spec lies in the sandbox's folder; for {@link #restore}. */
    void create(Places places, String id, Duration deadline) {
        make(places, id, deadline, List.of("create", bundle(places, id), "--pid-file=" + places.pidFile(id), id));
    }

    /** Lets a container that was created, and never started, go on from what {@link ControlSocket#checkpoint} wrote. */
    void restore(Places places, String id, Path memory, Duration deadline) {
        make(places, id, deadline, List.of("restore", "--detach", bundle(places, id), "--image-path=" + memory, id));
    }

    private void make(Places places, String id, Duration deadline, List<String> subcommand) {
        var arguments = new ArrayList<>(flags(places));
        arguments.addAll(subcommand);
        var command = Command.of(folder.resolve(PROGRAM), arguments).withOutputTo(places.log(id)).withDeadline(deadline);
        try {
            command.run();
        } catch (LinuxException e) {
            // The tool's words name files of the host, so they are for the log and not for clients.
            throw new EngineException(e.category() == Category.TIMEOUT ? Category.TIMEOUT : Category.INTERNAL,
                    "sandbox " + id + " could not be started: gVisor refused or failed; the server's log has its words",
                    new LinuxException(e.category(), e.getMessage() + said(places.log(id)), e));
        }
    }

    private static String bundle(Places places, String id) {
        return BUNDLE_FLAG + places.sandbox(id);
    }

    /** Flags that every process of a sandbox carries too; the folder of the state tells whose sandbox it is. */
    static List<String> flags(Places places) {
        return List.of(
                stateFlag(places), "--platform=systrap", "--network=sandbox", "--allow-suid", "--overlay2=none",
                "--host-settings=ignore", "--sidecar-usage-policy=STRICT",
                // An end is not held up by somebody who still listens on the control socket.
                "--control-rpc-stop-timeout=1s");
    }

    static String stateFlag(Places places) {
        return "--root=" + places.state();
    }

    private static String said(Path log) {
        try {
            var text = Files.readString(log).strip();
            return text.substring(Math.max(0, text.length() - SHOWN_LOG));
        } catch (IOException e) {
            return " (no log: " + e.getMessage() + ")";
        }
    }
}
