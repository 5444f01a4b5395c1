package dev.caisson.control;

import java.time.Instant;
import java.util.Optional;

/** How often sandboxes were made of a template, and when the last one was. */
public record TemplateUse(long spawned, Optional<Instant> lastSpawned) {
    static final TemplateUse NONE = new TemplateUse(0, Optional.empty());

    TemplateUse again(Instant when) {
        return new TemplateUse(spawned + 1, Optional.of(when));
    }
}
