package dev.caisson.node;

/**
 * How an entry differs between two states of a sandbox's files.
 *
 * @param path absolute, inside the sandbox
 */
public record FileChange(Kind kind, String path) {
    /**
     * What happened to it. Changed is what has another type, mode, owner, content or, for a link, another target; times do not
     * count.
     */
    public enum Kind { ADDED, CHANGED, REMOVED }
}
