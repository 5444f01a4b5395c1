package dev.caisson.control;

import java.util.List;

/** Keeps what snapshots are called and whose they are. Safe for use by many threads; what is told as done survives a power cut. */
public interface SnapshotStore {
    List<SnapshotTemplate> load();

    /** Writes a template with all its builds, in place of what was there. */
    void put(SnapshotTemplate template);

    void delete(String templateId);
}
