package dev.caisson.guest;

import java.util.Optional;

/**
 * A change below a watched folder.
 *
 * @param name relative to the watched folder, {@code .} for itself
 */
public record WatchEvent(String name, Kind kind, Optional<FileEntry> entry) {
    /** What happened. {@code OVERFLOW}: events were lost, and the watch is over. */
    public enum Kind { CREATE, WRITE, REMOVE, RENAME, CHMOD, OVERFLOW }
}
