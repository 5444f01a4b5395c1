package dev.caisson.control;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts the uses of templates; answers from memory. Safe for use by many threads. */
public final class TemplateUses {
    private final Map<String, TemplateUse> known;
    private final TemplateUseStore store;
    private final InstantSource clock;

    public TemplateUses(TemplateUseStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.known = new ConcurrentHashMap<>(store.load());
    }

    TemplateUse of(String templateId) {
        return known.getOrDefault(templateId, TemplateUse.NONE);
    }

    void note(String templateId) {
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        known.compute(templateId, (id, before) -> {
            var use = (before == null ? TemplateUse.NONE : before).again(now);
            store.put(id, use);
            return use;
        });
    }
}
