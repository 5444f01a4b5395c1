package dev.caisson.bench;

import dev.caisson.base.CleanupStack;
import dev.caisson.image.Ext4Disks;
import dev.caisson.linux.Command;
import dev.caisson.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code runsc} by hand: the engine's own build, the bundle of a sandbox of Caisson's with the same limits and the same kind
 * of root, a network namespace without anything in it, and a first process that sleeps unless another is asked for.
 */
final class BareTool implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final List<String> ASLEEP = List.of("/bin/sleep", "infinity");
    private final Path runsc;
    private final Path folder;
    private final String namespace;
    private final ObjectNode pattern;
    private final List<Path> lower;
    private final Ext4Disks disks;
    private final long diskBytes;
    private final AtomicInteger made = new AtomicInteger();

    /** @param bundle folder of a running sandbox's {@code config.json} and {@code root} mount, to be like */
    BareTool(Path build, Path bundle, Path scratch, long diskBytes) throws IOException {
        this.runsc = build.resolve("runsc");
        this.folder = Files.createDirectories(scratch);
        this.namespace = "bench" + ProcessHandle.current().pid();
        this.pattern = (ObjectNode) JSON.readTree(Files.readAllBytes(bundle.resolve("config.json")));
        this.lower = Mounts.below(bundle).stream()
                .filter(mount -> mount.point().equals(bundle.resolve("root")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no root is mounted at " + bundle))
                .lowerFolders();
        this.disks = new Ext4Disks(folder.resolve("disks"));
        this.diskBytes = diskBytes;
        Command.ofSystem("ip", "netns", "add", namespace).run();
    }

    /** A sandbox of the bare tool's; closing it deletes it and unmounts its root. */
    final class Sandbox implements AutoCloseable {
        private final String id;
        private final CleanupStack undo = new CleanupStack();

        private Sandbox(String id) {
            this.id = id;
        }

        /** Runs a command to its end; it must succeed. */
        void exec(String... command) {
            tool(arguments("exec", command)).run();
        }

        private List<String> arguments(String verb, String... more) {
            var all = new ArrayList<>(List.of(verb, id));
            all.addAll(List.of(more));
            return all;
        }

        /** Runs a command to its end and hands over every line it prints, as it comes. */
        void follow(Consumer<String> line, String... command) {
            tool(arguments("exec", command)).withDeadline(LONG).runFollowing(line);
        }

        /** Writes its memory into a folder that is made for it, flushed nowhere; the sandbox goes on. */
        void checkpoint(Path image) throws IOException {
            Files.createDirectory(image);
            tool(List.of("checkpoint", "--leave-running", "--image-path=" + image, id)).run();
        }

        /** Ends it; its root stays mounted, and it can be restored. */
        void delete() {
            tool(List.of("delete", "--force", id)).run();
        }

        /** Pipes bytes into a file of the guest. */
        void upload(byte[] content, String path) {
            tool(arguments("exec", "/bin/sh", "-c", "cat > " + path)).withInput(content).run();
        }

        /** Pipes a file of the guest to a file of the host. */
        void download(String path, Path target) {
            tool(arguments("exec", "/bin/cat", path)).withOutputTo(target).run();
        }

        @Override
        public void close() {
            undo.close();
        }
    }

    /** Everything that comes before the tool runs: disk, mounts, bundle of a sandbox that sleeps. */
    Sandbox prepare() throws IOException {
        return prepare(ASLEEP);
    }

    /** @param process the sandbox's first */
    Sandbox prepare(List<String> process) throws IOException {
        var sandbox = new Sandbox("bench%06d".formatted(made.incrementAndGet()));
        var home = Files.createDirectories(folder.resolve(sandbox.id));
        var image = home.resolve("disk.img");
        var disk = Files.createDirectories(home.resolve("disk"));
        var root = Files.createDirectories(home.resolve("root"));
        disks.create(image, diskBytes);
        sandbox.undo.push("remove the image", () -> Files.deleteIfExists(image));
        Mounts.ext4(image, disk);
        sandbox.undo.push("unmount the disk", () -> Mounts.unmount(disk));
        Mounts.overlay(lower, disk.resolve("upper"), disk.resolve("work"), root);
        sandbox.undo.push("unmount the root", () -> Mounts.unmount(root));
        Files.write(home.resolve("config.json"), JSON.writeValueAsBytes(bundle(sandbox.id, root, process)));
        sandbox.undo.push("delete", sandbox::delete);
        return sandbox;
    }

    /** {@code create} and {@code start} in one. */
    void start(Sandbox sandbox) {
        var home = folder.resolve(sandbox.id);
        tool(List.of("run", "--detach", "--bundle=" + home, sandbox.id)).withOutputTo(home.resolve("log")).run();
    }

    /**
     * Lets a sandbox that does not run go on from a checkpoint: in one, without a kernel made ahead.
     *
     * @param image of itself, or of another with the same first process that wrote no files
     */
    void restore(Sandbox sandbox, Path image) {
        var home = folder.resolve(sandbox.id);
        tool(List.of("restore", "--detach", "--bundle=" + home, "--image-path=" + image, sandbox.id)).withOutputTo(home.resolve("log")).run();
    }

    /** A place for a checkpoint, which is not there yet. */
    Path nextImage() {
        return folder.resolve("image%06d".formatted(made.incrementAndGet()));
    }

    /** What the tool costs without doing anything. */
    void version() {
        tool(List.of("--version")).run();
    }

    private ObjectNode bundle(String id, Path root, List<String> arguments) {
        var spec = pattern.deepCopy();
        ((ObjectNode) spec.path("root")).put("path", root.toString());
        var process = (ObjectNode) spec.path("process");
        var args = process.putArray("args");
        arguments.forEach(args::add);
        var linux = (ObjectNode) spec.path("linux");
        linux.put("cgroupsPath", "/" + namespace + "/" + id);
        linux.path("namespaces").forEach(entry -> {
            if (entry.path("type").asString().equals("network")) {
                ((ObjectNode) entry).put("path", "/run/netns/" + namespace);
            }
        });
        return spec;
    }

    /** The engine's flags, with a state folder of its own. */
    private Command tool(List<String> arguments) {
        var all = new ArrayList<>(List.of(
                "--root=/run/" + namespace, "--platform=systrap", "--network=sandbox", "--allow-suid", "--overlay2=none",
                "--host-settings=ignore", "--sidecar-usage-policy=STRICT"));
        all.addAll(arguments);
        return Command.of(runsc, all).withDeadline(DEADLINE).withEnvironment(Map.of());
    }

    @Override
    public void close() {
        Command.ofSystem("ip", "netns", "delete", namespace).run();
        Mounts.below(Path.of("/run", namespace)).reversed().forEach(mount -> Mounts.detach(mount.point()));
        dev.caisson.linux.ControlGroups.ofThisMachine().remove("/" + namespace, Duration.ofSeconds(5));
        Folders.remove(Path.of("/run", namespace));
        Folders.remove(folder);
    }
}
