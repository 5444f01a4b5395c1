package dev.caisson.envd;

import dev.caisson.guest.FileEntry;
import java.util.Map;
import java.util.Optional;

/**
 * How the answers to uploads describe a file. Clients compare it whole, so it has nothing else ({@code contract/envd.md} §3.5).
 *
 * @param type always {@code file}
 */
record WrittenFile(String path, String name, String type, Optional<Map<String, String>> metadata) {
    static WrittenFile of(FileEntry entry) {
        return new WrittenFile(
                entry.path(),
                entry.name(),
                "file",
                entry.metadata().isEmpty() ? Optional.empty() : Optional.of(entry.metadata()));
    }
}
