package dev.caisson.app.client;

import tools.jackson.databind.JsonNode;

/**
 * A file of a sandbox as {@code contract/envd.md} §5.2 describes it.
 *
 * @param kind of what it is, or of what a link leads to
 * @param mode its permissions, the lowest nine bits
 */
public record RemoteFile(String name, String path, Kind kind, boolean isLink, int mode) {
    /** What can be told apart on the wire. */
    public enum Kind {
        FILE,
        FOLDER,
        /** A device, a pipe, a socket, or a link that leads nowhere. */
        OTHER
    }

    static RemoteFile of(JsonNode entry) {
        var kind = switch (entry.path("type").asString("")) {
            case "FILE_TYPE_FILE" -> Kind.FILE;
            case "FILE_TYPE_DIRECTORY" -> Kind.FOLDER;
            default -> Kind.OTHER;
        };
        return new RemoteFile(
                entry.path("name").asString(),
                entry.path("path").asString(),
                kind,
                entry.path("isSymlink").asBoolean(false) || entry.has("symlinkTarget"),
                entry.path("mode").asInt(0));
    }

    public boolean isFolder() {
        return kind == Kind.FOLDER;
    }
}
