package dev.caisson.host.history;

import java.time.Duration;

/**
 * How much is remembered, and for how long. {@code HistoryConfigTest} pins the defaults.
 *
 * @param sampleEvery how often a sandbox is looked at ({@code contract/rest-api.md} §10.1: 5 s)
 * @param tick how soon after its start it is looked at for the first time
 * @param keep how long after its last entry what is known of a sandbox is kept
 * @param keepTeams how far back the figures of teams go
 * @param leastFreeBytes nothing is written while less is usable where the files are
 * @param logs of logs
 * @param sweeping of what is kept longest
 */
public record HistoryConfig(
        Duration sampleEvery, Duration tick, Duration keep, Duration keepTeams, long leastFreeBytes, Logs logs, Sweeping sweeping) {

    /**
     * How much may be written to logs.
     *
     * @param fileBytes of a file; a log has two, so at most twice as much
     * @param linesPerSecond of one sandbox, in the long run
     * @param burst lines of one sandbox at once
     * @param waitingBytes lines of all sandboxes that wait to be written
     */
    public record Logs(long fileBytes, int linesPerSecond, int burst, long waitingBytes) {}

    /**
     * How the folder is kept small.
     *
     * @param every between two looks at all of it
     * @param mostSandboxes that are remembered; those that ended first go first
     * @param mostBytes of all of them together
     * @param mostAtOnce that one look removes; another follows soon
     */
    public record Sweeping(Duration every, int mostSandboxes, long mostBytes, int mostAtOnce) {}

    public static HistoryConfig defaults() {
        return new HistoryConfig(
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofDays(7),
                Duration.ofDays(90),
                512L << 20,
                new Logs(2 << 20, 500, 2000, 4 << 20),
                new Sweeping(Duration.ofMinutes(10), 20_000, 2L << 30, 1000));
    }
}
