package dev.caisson.image;

import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Packs the guest agent into a layer of its own, so that a new agent needs no new template. */
public final class AgentLayers {
    /** Where the agent lies in every guest. */
    private static final List<String> FOLDERS = List.of("usr", "usr/lib", "usr/lib/caisson");
    private static final String FILE = "usr/lib/caisson/guest-agent";

    private AgentLayers() {}

    /**
     * @param agent the static binary
     * @param scratch a folder for the tree, emptied again
     */
    public static ContentHash pack(Path agent, Path scratch, LayerStore layers, Progress progress) {
        try {
            Files.createDirectories(scratch);
            var tree = Files.createTempDirectory(scratch, "agent");
            try {
                Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
                for (var folder : FOLDERS) {
                    Files.setPosixFilePermissions(Files.createDirectory(tree.resolve(folder)), PosixFilePermissions.fromString("rwxr-xr-x"));
                }
                Files.copy(agent, tree.resolve(FILE));
                Files.setPosixFilePermissions(tree.resolve(FILE), PosixFilePermissions.fromString("rwxr-xr-x"));
                return layers.pack(tree, progress);
            } finally {
                Files.deleteIfExists(tree.resolve(FILE));
                for (var folder : FOLDERS.reversed()) {
                    Files.deleteIfExists(tree.resolve(folder));
                }
                Files.deleteIfExists(tree);
            }
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL, "could not pack the guest agent " + agent + ": " + e.getMessage(), e);
        }
    }
}
