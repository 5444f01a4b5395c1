package dev.caisson.image;

import dev.caisson.base.Category;
import dev.caisson.linux.LinuxException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The template that every installation has: Debian 12 with what agents' code commonly needs, for the user {@code user}.
 *
 * <p>Made on the machine itself from a list of packages, in about a minute. Needs root, mmdebstrap, mkfs.erofs and a Debian
 * mirror. Safe for use by many processes at once: one makes it, the others wait.
 */
public final class BaseTemplate {
    private static final String NAME = "base";

    private final LayerStore layers;
    private final TemplateStore templates;
    private final Map<String, String> environment;
    private final Optional<String> mirror;

    /**
     * @param environment the process's own environment: proxies and {@code SSL_CERT_FILE} are read from it
     * @param mirror a Debian mirror to use instead of the host's own or the public one: an address, or two separated by a
     *     space (main and security)
     */
    public BaseTemplate(LayerStore layers, TemplateStore templates, Map<String, String> environment, Optional<String> mirror) {
        this.layers = layers;
        this.templates = templates;
        this.environment = Map.copyOf(environment);
        this.mirror = mirror;
    }

    /** The template as this program would make it, if it is there already. */
    public Optional<TemplateBuild> find() {
        return find(BaseRecipe.load());
    }

    private Optional<TemplateBuild> find(BaseRecipe recipe) {
        return templates.find(NAME)
                .filter(build -> build.buildId().equals(recipe.buildId()))
                .filter(build -> build.layers().stream().allMatch(layer -> layers.find(layer).isPresent()));
    }

    /**
     * Makes the template unless it is there.
     *
     * @param workFolder where the tree is put together: 1.5 GB for a minute, on any file system that can hold set-uid files
     * @throws ImageException if it could not be made; nothing is left then but a log file, which the message names
     */
    public TemplateBuild ensure(Path workFolder, Progress progress) {
        var recipe = BaseRecipe.load();
        var present = find(recipe);
        if (present.isPresent()) {
            return present.get();
        }
        try (var steady = SteadyProgress.over(progress)) {
            Folders.create(workFolder);
            steady.report("preparing to make the base template");
            try (var channel = FileChannel.open(workFolder.resolve("base.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = channel.lock()) {
                // Another process may have made it while this one waited.
                return find(recipe).orElseGet(() -> make(recipe, workFolder.toAbsolutePath(), steady));
            }
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL, "could not make the base template in " + workFolder + ": " + e.getMessage(), e);
        }
    }

    private TemplateBuild make(BaseRecipe recipe, Path workFolder, Progress progress) {
        var root = workFolder.resolve("base-root");
        var log = workFolder.resolve("base-root.log");
        Folders.deleteTree(root);
        Folders.deleteQuietly(log);
        try {
            new DebianRoot(sources(), environment).make(root, recipe, progress);
            var build = buildOf(recipe, layers.pack(root, progress));
            templates.put(build);
            Folders.deleteQuietly(log);
            return build;
        } catch (LinuxException e) {
            throw new ImageException(e.category(), "could not make the base template: " + e.getMessage() + lastLines(log), e);
        } finally {
            Folders.deleteTree(root);
        }
    }

    private AptSources sources() {
        return mirror.map(AptSources::ofMirror).or(() -> AptSources.ofHost(Path.of("/"))).orElseGet(AptSources::ofPublicMirror);
    }

    private static TemplateBuild buildOf(BaseRecipe recipe, ContentHash layer) {
        return new TemplateBuild(
                BaseRecipe.templateId(), recipe.buildId(), List.of(NAME), List.of(layer), "user", "/home/user", Map.of(),
                2, 1L << 30, 10L << 30, Duration.ofSeconds(300), Instant.now());
    }

    private static String lastLines(Path log) {
        try {
            var lines = Files.readAllLines(log);
            return "\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size())) + "\n(all of it: " + log + ")";
        } catch (IOException e) {
            return " (and its log " + log + " cannot be read: " + e.getMessage() + ")";
        }
    }
}
