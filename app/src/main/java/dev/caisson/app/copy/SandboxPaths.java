package dev.caisson.app.copy;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Paths inside a sandbox, which are texts here: this machine's rules do not apply to them. */
final class SandboxPaths {
    private SandboxPaths() {}

    static String below(String folder, String name) {
        return folder.endsWith("/") ? folder + name : folder + "/" + name;
    }

    /** The last part; a path without one ({@code /}, {@code .}, {@code a/..}) has an empty name. */
    static String name(String path) {
        var trimmed = path.replaceAll("/+$", "");
        var name = trimmed.substring(trimmed.lastIndexOf('/') + 1);
        return name.equals(".") || name.equals("..") || name.equals("~") ? "" : name;
    }

    /** A path as it is written on this machine; empty where it cannot be. */
    static Optional<Path> here(String path) {
        try {
            return path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Whether an entry of a listing can be a file's name at all, so that it stays in the folder that it is put in. */
    static boolean isName(String name) {
        return !name.isEmpty() && !name.equals(".") && !name.equals("..") && name.indexOf('/') < 0 && name.indexOf('\0') < 0;
    }
}
