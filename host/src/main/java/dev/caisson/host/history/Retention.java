package dev.caisson.host.history;

import dev.caisson.base.SandboxId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what has been kept long enough, and what is too much. Used by one thread at a time. */
final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final HistoryFolder folder;
    private final HistoryConfig config;
    private final InstantSource clock;

    /** @param last when anything was last written */
    private record Remembered(SandboxId id, Path path, Instant last, long bytes) {}

    Retention(HistoryFolder folder, HistoryConfig config, InstantSource clock) {
        this.folder = folder;
        this.config = config;
        this.clock = clock;
    }

    /**
     * Looks at everything once.
     *
     * @param running sandboxes that are left alone
     * @return whether there is more to remove than is removed at once
     */
    boolean sweep(Predicate<SandboxId> running) {
        var all = new ArrayList<Remembered>();
        for (var owner : entries(folder.root())) {
            entries(owner).forEach(path -> SandboxId.parse(String.valueOf(path.getFileName()))
                    .ifPresent(id -> all.add(remembered(id, path))));
        }
        all.sort(Comparator.comparing(Remembered::last));
        var sandboxes = all.size();
        var bytes = all.stream().mapToLong(Remembered::bytes).sum();
        var oldest = clock.instant().minus(config.keep());
        var removed = 0;
        for (var each : all) {
            var tooMany = sandboxes > config.sweeping().mostSandboxes() || bytes > config.sweeping().mostBytes();
            if (!tooMany && !each.last().isBefore(oldest)) {
                return false;
            }
            if (!running.test(each.id())) {
                if (removed == config.sweeping().mostAtOnce()) {
                    return true;
                }
                remove(each.path());
                sandboxes--;
                bytes -= each.bytes();
                removed++;
            }
        }
        return false;
    }

    private static Remembered remembered(SandboxId id, Path path) {
        var last = Instant.MIN;
        var bytes = 0L;
        for (var file : entries(path)) {
            try {
                bytes += Files.size(file);
                var modified = Files.getLastModifiedTime(file).toInstant();
                last = modified.isAfter(last) ? modified : last;
            } catch (IOException e) {
                LOG.debug("{} went while it was looked at", file, e);
            }
        }
        return new Remembered(id, path, last, bytes);
    }

    private static void remove(Path path) {
        try {
            for (var file : entries(path)) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("what is remembered of sandbox {} could not be removed: {}", path.getFileName(), e.toString());
        }
    }

    private static List<Path> entries(Path of) {
        if (!Files.isDirectory(of)) {
            return List.of();
        }
        try (var entries = Files.list(of)) {
            return entries.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            LOG.warn("{} could not be listed: {}", of, e.toString());
            return List.of();
        }
    }
}
