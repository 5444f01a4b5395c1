package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a sandbox stands still, for the server that comes after one that crashed: its kernel does not tell, and one resume too
 * many ends it. While it is being stopped or let go on nobody can say, so that is written down first.
 */
final class StillMark {
    /** What an earlier server left. */
    enum Says { RUNS, STANDS_STILL, NOBODY_KNOWS }

    private final Path still;
    private final Path changing;

    /** @param still a file that is there while the sandbox is known to stand still; another with a longer name is beside it */
    StillMark(Path still) {
        this.still = still;
        this.changing = still.resolveSibling(still.getFileName() + "-or-not");
    }

    Says read() {
        if (Files.exists(still)) {
            return Says.STANDS_STILL;
        }
        return Files.exists(changing) ? Says.NOBODY_KNOWS : Says.RUNS;
    }

    /** It is about to be stopped or to be let go on. */
    void changes() {
        write(() -> {
            if (!Files.exists(changing)) {
                Files.createFile(changing);
            }
            Files.deleteIfExists(still);
        });
    }

    void standsStill() {
        write(() -> {
            Files.createFile(still);
            Files.deleteIfExists(changing);
        });
    }

    void runs() {
        write(() -> Files.deleteIfExists(changing));
    }

    private interface Change {
        void make() throws IOException;
    }

    private void write(Change change) {
        try {
            change.make();
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "could not record in " + still + " whether a sandbox stands still: " + e.getMessage(), e);
        }
    }
}
