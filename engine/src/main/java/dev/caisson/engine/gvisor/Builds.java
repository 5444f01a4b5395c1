package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The builds of gVisor that lie side by side in one folder, told by what their {@code runsc} says as its version, which their
 * file {@code version} repeats. One of them starts sandboxes; the others are there for what was saved by them. Safe for use by
 * many threads.
 */
final class Builds {
    private final Path parent;
    private final Tool standard;
    private final Map<String, Tool> known = new ConcurrentHashMap<>();

    /**
     * @param standard folder of the build to start sandboxes with; its siblings are the others
     * @throws EngineException {@code UNSUPPORTED} if it is incomplete or does not run
     */
    Builds(Path standard) {
        this.parent = standard.toAbsolutePath().resolveSibling("");
        this.standard = Tool.in(standard);
        known.put(this.standard.version(), this.standard);
    }

    /** The one to start sandboxes with. */
    Tool standard() {
        return standard;
    }

    /** The versions of all that are complete. */
    Set<String> versions() {
        var found = folders();
        found.put(standard.version(), standard.folder());
        return Set.copyOf(found.keySet());
    }

    /** @throws EngineException {@code UNSUPPORTED} if it is not on this machine, or no longer whole */
    Tool find(String version) {
        var tool = known.get(version);
        return tool != null && Files.isExecutable(tool.folder().resolve(Tool.PROGRAM)) ? tool : look(version);
    }

    private Tool look(String version) {
        var folder = Optional.ofNullable(folders().get(version)).orElseThrow(() -> missing(version));
        var tool = Tool.in(folder);
        if (!tool.version().equals(version)) {
            throw missing(version);
        }
        known.put(version, tool);
        return tool;
    }

    private static EngineException missing(String version) {
        return new EngineException(Category.UNSUPPORTED, "the build '" + version + "' of gVisor is not on this machine, and memory that it saved"
                + " can be restored by no other: bring its folder back beside the other builds, or start from the files alone");
    }

    private TreeMap<String, Path> folders() {
        var found = new TreeMap<String, Path>();
        try (var entries = Files.newDirectoryStream(parent, Files::isDirectory)) {
            for (var folder : entries) {
                version(folder).ifPresent(version -> found.put(version, folder));
            }
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "could not list the builds of gVisor: " + e.getMessage(), e);
        }
        return found;
    }

    /** A build that is still being made has no manifest. */
    private static Optional<String> version(Path folder) {
        if (!Files.exists(folder.resolve("manifest"))) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(folder.resolve("version")).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
