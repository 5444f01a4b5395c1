package dev.caisson.control;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Names of snapshots in a map. */
class FakeSnapshotStore implements SnapshotStore {
    private final Map<String, SnapshotTemplate> templates = new ConcurrentHashMap<>();

    @Override
    public List<SnapshotTemplate> load() {
        return List.copyOf(templates.values());
    }

    @Override
    public void put(SnapshotTemplate template) {
        templates.put(template.id(), template);
    }

    @Override
    public void delete(String templateId) {
        templates.remove(templateId);
    }
}
