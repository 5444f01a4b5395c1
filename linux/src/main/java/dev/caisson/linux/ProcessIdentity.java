package dev.caisson.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that cannot be mistaken for a later one with the same number.
 *
 * @param pid the process id in the host's pid namespace
 * @param startTime when it started, in clock ticks since boot (field 22 of {@code /proc/pid/stat}, proc(5))
 */
public record ProcessIdentity(long pid, long startTime) {

    /** Identifies the live process that has {@code pid} now; empty if there is none or it is a zombie. */
    public static Optional<ProcessIdentity> of(long pid) {
        return stat(pid).filter(stat -> !stat.dead()).map(stat -> new ProcessIdentity(pid, stat.startTime()));
    }

    /** Whether this very process still runs; a zombie does not. */
    public boolean isAlive() {
        return stat(pid).filter(stat -> !stat.dead() && stat.startTime() == startTime).isPresent();
    }

    private record Stat(char state, long startTime) {
        boolean dead() {
            return state == 'Z' || state == 'X';
        }
    }

    private static Optional<Stat> stat(long pid) {
        try {
            // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
            var line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            var fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
            return Optional.of(new Stat(fields[0].charAt(0), Long.parseLong(fields[19])));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
