package dev.caisson.image;

import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * The layer that lies on top of every template: the guest agent, and what interpreters in the guest can load to hear of a copy
 * ({@code docs/copies.md}).
 */
public final class AgentLayers {
    /** Where the agent is in every guest. */
    public static final String PATH = "/usr/lib/caisson/guest-agent";

    /** Files below the folder of the agent, from the resource folder of the same names. */
    private static final List<String> INTERPRETERS =
            List.of("python/caisson_reseed.py", "python/sitecustomize.py", "node/caisson-reseed.js");
    private static final Set<PosixFilePermission> PROGRAM = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> TEXT = PosixFilePermissions.fromString("rw-r--r--");

    private AgentLayers() {}

    /**
     * Packs an agent's binary. The same binary gives the same layer, whenever and wherever.
     *
     * @param agent the static binary
     * @param scratch a folder for the tree, emptied again
     * @throws ImageException if it could not; nothing is left then
     */
    public static ContentHash pack(Path agent, Path scratch, LayerStore layers, Progress progress) {
        try {
            Folders.create(scratch);
            var root = Files.createTempDirectory(scratch, "agent");
            try {
                fill(root, agent);
                return layers.pack(root, progress);
            } finally {
                Folders.deleteTree(root);
            }
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL, "could not pack the guest agent " + agent + ": " + e.getMessage(), e);
        }
    }

    /** Fixed modes and times: the umask and the clock must not show in the layer's name. */
    private static void fill(Path root, Path agent) throws IOException {
        var target = root.resolve(PATH.substring(1));
        Files.createDirectories(target.getParent());
        Files.copy(agent, target, StandardCopyOption.REPLACE_EXISTING);
        for (var name : INTERPRETERS) {
            copyResource(name, target.resolveSibling(name));
        }
        try (var paths = Files.walk(root)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.setPosixFilePermissions(path, path.equals(target) || Files.isDirectory(path) ? PROGRAM : TEXT);
                Files.setLastModifiedTime(path, FileTime.fromMillis(0));
            }
        }
    }

    private static void copyResource(String name, Path target) throws IOException {
        try (var content = AgentLayers.class.getResourceAsStream("interpreters/" + name)) {
            if (content == null) {
                throw new IOException("the program was built without interpreters/" + name);
            }
            Files.createDirectories(target.getParent());
            Files.copy(content, target);
        }
    }
}
