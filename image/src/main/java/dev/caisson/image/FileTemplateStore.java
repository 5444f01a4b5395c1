package dev.caisson.image;

import dev.caisson.base.Category;
import dev.caisson.linux.FileCopies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The store on disk: {@code <folder>/<template id>.json}, read once and kept in memory. A file that cannot be read stops the
 * opening rather than hiding a template.
 */
public final class FileTemplateStore implements TemplateStore {
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String SUFFIX = ".json";
    private final Path folder;
    private final Map<String, TemplateBuild> byId = new ConcurrentHashMap<>();

    /** @throws ImageException {@code INTERNAL} if a manifest is damaged; the message names it */
    public FileTemplateStore(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            try (var files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(SUFFIX)).map(FileTemplateStore::read)
                        .forEach(build -> byId.put(build.templateId(), build));
            }
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL, "could not read the templates: " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<TemplateBuild> find(String idOrName) {
        return Optional.ofNullable(byId.get(idOrName))
                .or(() -> byId.values().stream().filter(build -> build.names().contains(idOrName)).findFirst());
    }

    @Override
    public List<TemplateBuild> list() {
        return List.copyOf(byId.values());
    }

    @Override
    public synchronized void put(TemplateBuild build) {
        var file = folder.resolve(build.templateId() + SUFFIX);
        try {
            var aside = folder.resolve(build.templateId() + ".new");
            Files.write(aside, JSON.writeValueAsBytes(build));
            FileCopies.sync(aside);
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            FileCopies.sync(folder);
        } catch (IOException e) {
            throw new ImageException(
                    Category.INTERNAL, "could not keep the manifest of template " + build.templateId() + ": " + e.getMessage(), e);
        }
        byId.put(build.templateId(), build);
    }

    private static TemplateBuild read(Path file) {
        try {
            return JSON.readValue(Files.readAllBytes(file), TemplateBuild.class);
        } catch (IOException | JacksonException e) {
            throw new ImageException(
                    Category.INTERNAL,
                    "could not read the template manifest " + file.getFileName() + ": " + e.getMessage() + "; remove it and run `caisson up`",
                    e);
        }
    }
}
