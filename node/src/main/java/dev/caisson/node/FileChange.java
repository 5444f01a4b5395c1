package dev.caisson.node;

/**
 * How an entry differs between two states of a sandbox's files.
 *
 * @param path absolute, inside the sandbox
 */
public record FileChange(Kind kind, String path) {
    /** What happened to it; a folder counts as changed only if its own mode or owner did. */
    public enum Kind { ADDED, CHANGED, REMOVED }
}
