package dev.caisson.app.setup;

import dev.caisson.app.Images;
import dev.caisson.base.Installation;
import dev.caisson.image.BaseTemplate;
import dev.caisson.image.Progress;

/** The template {@code base}. */
final class BaseTemplateStep implements SetupStep {
    private final BaseTemplate base;

    BaseTemplateStep(Installation installation) {
        var images = Images.of(installation);
        this.base = new BaseTemplate(
                images.layers(), images.templates(), installation.data().resolve("work"), HostEnvironment.forDownloads());
    }

    @Override
    public String name() {
        return "the base template";
    }

    @Override
    public boolean isDone() {
        return base.isPresent();
    }

    @Override
    public void run(Progress progress) {
        base.ensure(progress);
    }
}
