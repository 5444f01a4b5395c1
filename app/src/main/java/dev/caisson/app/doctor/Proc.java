package dev.caisson.app.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Small readings of {@code /proc} and {@code /sys}; what is not there reads as empty. */
final class Proc {
    private Proc() {}

    static List<String> lines(String path) {
        try {
            return Files.readAllLines(Path.of(path));
        } catch (IOException e) {
            return List.of();
        }
    }

    static OptionalLong number(String path) {
        return lines(path).stream().filter(line -> line.strip().matches("\\d+")).mapToLong(line -> Long.parseLong(line.strip())).findFirst();
    }

    /** A value of {@code /proc/meminfo} in bytes; 0 if it has none of that name. */
    static long memory(String name) {
        return lines("/proc/meminfo").stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }
}
