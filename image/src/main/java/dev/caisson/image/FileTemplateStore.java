package dev.caisson.image;

import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manifests as {@code <template>.<build>.json} in one folder. Answers come from memory; files that another process put there
 * are seen at the next question, by the folder's time. A file that cannot be read is logged and left out.
 */
public final class FileTemplateStore implements TemplateStore {
    private static final Logger log = LoggerFactory.getLogger(FileTemplateStore.class);
    private static final Comparator<TemplateBuild> OLDEST_FIRST = Comparator.comparing(TemplateBuild::created);
    /** A folder changed this recently may change again without its time changing. */
    private static final long TIME_GRAIN_MILLIS = 1000;

    private final Path folder;
    private volatile Contents known = Contents.NONE;

    /** What was read, and the folder's time before that; a negative time never matches. */
    private record Contents(long time, List<TemplateBuild> builds, Map<String, TemplateBuild> newest) {
        static final Contents NONE = new Contents(-1, List.of(), Map.of());
    }

    /** A store in {@code folder}, which is made when the first manifest is put. */
    public FileTemplateStore(Path folder) {
        this.folder = folder.toAbsolutePath();
    }

    @Override
    public Optional<TemplateBuild> find(String idOrName) {
        var builds = contents().newest();
        return Optional.ofNullable(builds.get(idOrName))
                .or(() -> builds.values().stream().filter(build -> build.names().contains(idOrName)).max(OLDEST_FIRST));
    }

    @Override
    public List<TemplateBuild> list() {
        return contents().newest().values().stream().sorted(Comparator.comparing(TemplateBuild::templateId)).toList();
    }

    @Override
    public List<TemplateBuild> builds() {
        return contents().builds();
    }

    @Override
    public void put(TemplateBuild build) {
        var aside = AtomicFile.aside(folder);
        try {
            Folders.create(folder);
            Files.write(aside, TemplateFile.encode(build));
            AtomicFile.settle(folder, aside, TemplateFile.nameOf(build));
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL,
                    "could not store build " + build.buildId() + " of template " + build.templateId() + ": " + e.getMessage(), e);
        } finally {
            Folders.deleteQuietly(aside);
            known = Contents.NONE;
        }
    }

    private Contents contents() {
        try {
            long time = Files.getLastModifiedTime(folder).toMillis();
            var contents = known;
            if (contents.time() != time) {
                boolean settled = Instant.now().toEpochMilli() - time > TIME_GRAIN_MILLIS;
                var builds = List.copyOf(readAll());
                contents = new Contents(settled ? time : -1, builds, newestOf(builds));
                known = contents;
            }
            return contents;
        } catch (NoSuchFileException e) {
            return Contents.NONE;
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL, "could not read the templates in " + folder + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, TemplateBuild> newestOf(Collection<TemplateBuild> builds) {
        var newest = new HashMap<String, TemplateBuild>();
        for (var build : builds) {
            newest.merge(build.templateId(), build, (a, b) -> OLDEST_FIRST.compare(a, b) < 0 ? b : a);
        }
        return Map.copyOf(newest);
    }

    private List<TemplateBuild> readAll() throws IOException {
        var builds = new ArrayList<TemplateBuild>();
        try (var files = Files.newDirectoryStream(folder, "*.json")) {
            for (var file : files) {
                read(file).ifPresent(builds::add);
            }
        }
        return builds;
    }

    private static Optional<TemplateBuild> read(Path file) throws IOException {
        try {
            return Optional.of(TemplateFile.decode(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (ImageException e) {
            log.warn("left out the template in {}: {}", file, e.getMessage());
            return Optional.empty();
        }
    }
}
