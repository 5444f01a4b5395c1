package dev.caisson.app.setup;

import dev.caisson.app.server.AppException;
import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kernel's settings, by their path below the folder where it offers them.
 *
 * @param root {@code /proc/sys}
 */
record KernelSettings(Path root) {
    static KernelSettings ofThisMachine() {
        return new KernelSettings(Path.of("/proc/sys"));
    }

    /** What is set now; a setting this kernel does not have, and one too large for a number, limits nothing. */
    long read(String name) {
        try {
            return Long.parseLong(Files.readString(root.resolve(name)).strip());
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    void write(String name, String value) {
        try {
            Files.writeString(root.resolve(name), value);
        } catch (IOException e) {
            var dotted = name.replace('/', '.');
            throw new AppException(
                    Category.INTERNAL,
                    "could not set " + dotted + " to " + value + ": " + e.getMessage() + "; try `sysctl -w " + dotted + "=" + value + "` as root",
                    e);
        }
    }
}
