package dev.caisson.host.journal;

import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;

/** Where journals go that could not be read, for somebody to look at; the oldest leave when there are too many. */
public final class Quarantine {
    /** Enough to see a pattern, too few to fill a disk. */
    private static final int KEPT = 20;

    private final Path folder;

    /** @param folder {@code <data>/quarantine}; made when needed */
    public Quarantine(Path folder) {
        this.folder = folder;
    }

    /** Takes the journal out of a sandbox's folder. Returns where it is now. */
    public Path take(SandboxFolder sandbox) {
        var target = folder.resolve(sandbox.id() + ".json");
        try {
            Files.createDirectories(folder);
            Files.move(sandbox.journal(), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            trim();
            return target;
        } catch (IOException e) {
            throw new JournalException(
                    Category.INTERNAL, "could not put aside the journal of sandbox " + sandbox.id() + ": " + e.getMessage(), e);
        }
    }

    private void trim() throws IOException {
        List<Path> oldestFirst;
        try (var entries = Files.list(folder)) {
            oldestFirst = entries.sorted(Comparator.comparing(path -> path.toFile().lastModified())).toList();
        }
        for (var path : oldestFirst.subList(0, Math.max(0, oldestFirst.size() - KEPT))) {
            Files.deleteIfExists(path);
        }
    }
}
