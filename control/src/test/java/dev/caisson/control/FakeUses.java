package dev.caisson.control;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Uses of templates in a map. */
final class FakeUses implements TemplateUseStore {
    private final Map<String, TemplateUse> uses = new ConcurrentHashMap<>();

    @Override
    public Map<String, TemplateUse> load() {
        return Map.copyOf(uses);
    }

    @Override
    public void put(String templateId, TemplateUse use) {
        uses.put(templateId, use);
    }
}
