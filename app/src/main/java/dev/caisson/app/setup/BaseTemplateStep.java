package dev.caisson.app.setup;

import dev.caisson.app.server.Images;
import dev.caisson.base.Installation;
import dev.caisson.image.BaseTemplate;
import dev.caisson.image.Progress;
import java.nio.file.Path;
import java.util.Optional;

/** The template {@code base}. */
final class BaseTemplateStep implements SetupStep {
    private final BaseTemplate base;
    private final Path scratch;

    BaseTemplateStep(Installation installation) {
        var images = Images.of(installation);
        this.base = new BaseTemplate(
                images.layers(), images.templates(), HostEnvironment.forDownloads(),
                Optional.ofNullable(System.getenv("CAISSON_DEBIAN_MIRROR")));
        this.scratch = installation.data().resolve("work");
    }

    @Override
    public String name() {
        return "the base template";
    }

    @Override
    public boolean isDone() {
        return base.find().isPresent();
    }

    @Override
    public void run(Progress progress) {
        base.ensure(scratch, progress);
    }
}
