package dev.caisson.app.setup;

import dev.caisson.app.server.JsonFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.type.TypeReference;

/**
 * Kernel settings this installation changed, with their values before, in {@code <data>/changed.json}. The record is written
 * before the change, so a crash in between loses nothing.
 */
final class ChangedSettings {
    private final KernelSettings settings;
    private final JsonFile<Map<String, Change>> file;

    ChangedSettings(KernelSettings settings, Path data) {
        this.settings = settings;
        this.file = new JsonFile<>(
                data.resolve("changed.json"), new TypeReference<>() {}, "it is the record of changed kernel settings: mend it by hand");
    }

    /** A setting's value before Caisson and the one it was given. */
    record Change(String before, String after) {}

    void set(String name, String before, String after) {
        var all = read();
        // The first value is the machine's own, whatever was set since.
        var oldest = all.containsKey(name) ? all.get(name).before() : before;
        all.put(name, new Change(oldest, after));
        file.write(all);
        settings.write(name, after);
    }

    /** Gives back what nobody changed since, and forgets all. */
    void restore() {
        read().forEach((name, change) -> {
            if (Long.toString(settings.read(name)).equals(change.after())) {
                settings.write(name, change.before());
            }
        });
        file.remove();
    }

    private Map<String, Change> read() {
        return new TreeMap<>(file.read().orElse(Map.of()));
    }
}
