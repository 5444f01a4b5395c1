package dev.caisson.guest;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of a file system ({@code contract/envd.md} §5.2).
 *
 * @param path resolved, absolute
 * @param type of the entry, or of its target for a link; {@code OTHER} for a broken link, device, socket or pipe
 * @param link whether the entry itself is a symbolic link
 * @param mode all twelve permission bits of the target for a link, 0 for a broken one
 * @param rawMode {@code st_mode} of the entry itself
 * @param size of the entry itself
 * @param owner name or decimal id
 * @param target fully resolved target of a link; the entry's own path if it is broken
 * @param metadata the {@code user.e2b.*} attributes without that prefix
 */
public record FileEntry(
        String name,
        String path,
        FileType type,
        boolean link,
        int mode,
        int rawMode,
        long size,
        String owner,
        String group,
        Instant modified,
        Optional<String> target,
        Map<String, String> metadata) {

    public FileEntry {
        metadata = Map.copyOf(metadata);
    }

    /** What an entry is. */
    public enum FileType { FILE, FOLDER, OTHER }
}
