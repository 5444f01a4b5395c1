package dev.caisson.host;

import java.time.Duration;

/**
 * How much, how many at once and how long. {@code HostConfigTest} pins the defaults.
 *
 * @param mostSandboxes that exist at once; a create beyond is refused
 * @param leastDiskBytes that must be usable where the data is; a create with less is refused, since disks grow as they are
 *     written, and a full one harms every sandbox
 * @param startsAtOnce creates that do their expensive part at once; more only makes each slower (measured: twice the
 *     number of processors gives full throughput at a tenth of the latency of no bound)
 * @param adoptionsAtOnce after a restart
 * @param processesPerSandbox processes and threads inside one
 * @param endsKept how sandboxes ended: records in memory and in each of the two log files
 */
public record HostConfig(
        int mostSandboxes,
        long leastDiskBytes,
        int startsAtOnce,
        int adoptionsAtOnce,
        int processesPerSandbox,
        int endsKept,
        Patience patience,
        Watching watching) {

    /**
     * How long each thing may take.
     *
     * @param turn a create waits for its turn; clients wait 60 s for the whole (contract/rest-api.md §1)
     * @param slot a create waits for a slot
     * @param link an agent may take from its start, or from a restart of the server, to answer
     * @param kill a kill waits before it answers that the rest goes on in the background
     * @param close closing waits for creates that are under way
     * @param firstRetry after which something that could not be removed is tried again; doubles each time
     * @param lastRetry and at most this
     */
    public record Patience(
            Duration turn,
            Duration slot,
            Duration link,
            Duration kill,
            Duration close,
            Duration firstRetry,
            Duration lastRetry) {}

    /**
     * How closely running sandboxes are watched. An agent that hangs is noticed after at most
     * {@code 1.1 × pingEvery + 2 × pingDeadline}: two pings in a row must fail.
     *
     * @param pingEvery between an answer and the next ping, give or take a tenth
     * @param pingDeadline for the answer to one
     * @param pingsAtOnce over all sandboxes
     * @param clockTick how soon a jump of the clock reaches the deadlines
     */
    public record Watching(Duration pingEvery, Duration pingDeadline, int pingsAtOnce, Duration clockTick) {}

    public static HostConfig defaults() {
        return new HostConfig(
                1000,
                2L << 30,
                2 * Runtime.getRuntime().availableProcessors(),
                16,
                4096,
                1000,
                new Patience(
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(15),
                        Duration.ofMillis(900),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(1)),
                new Watching(Duration.ofSeconds(10), Duration.ofSeconds(9), 64, Duration.ofSeconds(1)));
    }

    public HostConfig withMostSandboxes(int most) {
        return new HostConfig(most, leastDiskBytes, startsAtOnce, adoptionsAtOnce, processesPerSandbox, endsKept, patience, watching);
    }

    public HostConfig withLeastDiskBytes(long least) {
        return new HostConfig(mostSandboxes, least, startsAtOnce, adoptionsAtOnce, processesPerSandbox, endsKept, patience, watching);
    }

    public HostConfig with(Patience other) {
        return new HostConfig(mostSandboxes, leastDiskBytes, startsAtOnce, adoptionsAtOnce, processesPerSandbox, endsKept, other, watching);
    }

    public HostConfig with(Watching other) {
        return new HostConfig(mostSandboxes, leastDiskBytes, startsAtOnce, adoptionsAtOnce, processesPerSandbox, endsKept, patience, other);
    }
}
