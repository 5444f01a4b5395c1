package dev.caisson.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Readings of {@code proc(5)}.
 *
 * @param proc where it is mounted
 */
record ProcReadings(Path proc) {

    /**
     * What all processors have done since the start, in clock ticks.
     *
     * @param idle waiting for disks included
     */
    record Ticks(long busy, long idle) {

        /** The share of the machine that was busy since an earlier reading, in per cent. */
        double percentSince(Ticks earlier) {
            var worked = busy - earlier.busy;
            var all = worked + idle - earlier.idle;
            return all == 0 ? 0 : 100.0 * worked / all;
        }
    }

    /** Mebibytes that programs can still get without swapping. */
    double available() {
        return mebibytes(proc.resolve("meminfo"), "MemAvailable:");
    }

    /** Mebibytes of a process that are in memory. */
    double resident(long pid) {
        return mebibytes(process(pid).resolve("status"), "VmRSS:");
    }

    /** Mebibytes of a process that it shares with nobody; 0 if it has ended. */
    double privateMemory(long pid) {
        return mebibytes(process(pid).resolve("smaps_rollup"), "Private_");
    }

    /** Time as a guest is counted in its host's already. */
    Ticks ticks() {
        try (var lines = Files.lines(proc.resolve("stat"))) {
            var words = lines.filter(line -> line.startsWith("cpu ")).findFirst().orElseThrow().substring(4).strip().split(" +");
            var times = Arrays.stream(words).limit(8).mapToLong(Long::parseLong).toArray();
            var idle = times[3] + times[4];
            return new Ticks(Arrays.stream(times).sum() - idle, idle);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path process(long pid) {
        return proc.resolve(Long.toString(pid));
    }

    /** The sum of all lines that begin so; 0 if the process is gone meanwhile. */
    private static double mebibytes(Path file, String prefix) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(prefix))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum() / 1024.0;
        } catch (IOException e) {
            if (Files.exists(file)) {
                throw new UncheckedIOException(e);
            }
            return 0;
        }
    }
}
