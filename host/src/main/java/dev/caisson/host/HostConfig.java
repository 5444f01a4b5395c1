package dev.caisson.host;

import dev.caisson.host.standby.StandbyConfig;
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
 * @param admission what the machine must have left for one more
 * @param standbys how many wait ready
 */
public record HostConfig(
        int mostSandboxes,
        long leastDiskBytes,
        int startsAtOnce,
        int adoptionsAtOnce,
        int processesPerSandbox,
        int endsKept,
        Patience patience,
        Watching watching,
        Admission admission,
        StandbyConfig standbys,
        Saves saves) {

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

    /**
     * When a sandbox may start. What a guest has is not set aside for it: most use a small part. So one may start if that is left
     * which new ones are expected to use soon, and what the sandboxes use together is bounded by the engine
     * ({@code GvisorConfig.memoryOfAllBytes}).
     *
     * @param reserveBytes of the machine's memory that are left to it and to the server
     * @param share this part of a guest's memory is expected to be used soon: one eighth is 8
     * @param leastBytes and at least so much, for the guest's own kernel and its first processes
     * @param busyPercent processor pressure from which on half as many start at once
     */
    public record Admission(long reserveBytes, int share, long leastBytes, int busyPercent) {

        /**
         * What one that starts is expected to use soon.
         *
         * @param memoryBytes that the guest has
         * @param imageBytes of that in use from the start, where it goes on from a saved memory
         */
        public long expected(long memoryBytes, long imageBytes) {
            return Math.max(leastBytes + imageBytes, memoryBytes / share);
        }

        /** For a machine with so much memory; as much is left to it as the engine leaves. */
        public static Admission standard(long memoryOfMachine) {
            return new Admission(Math.max(1L << 30, memoryOfMachine / 16), 8, 64L << 20, 90);
        }
    }

    /**
     * How sandboxes are paused and resumed.
     *
     * @param agent has this long to answer one question on a busy machine
     * @param hooks of the guest may take this long
     * @param spareBytes that are to be left on the disk when memory has been saved
     * @param overtime how long a sandbox whose time is up is tried to be paused with its memory, and then with its files only
     * @param transition a caller waits for one
     */
    public record Saves(Duration agent, Duration hooks, long spareBytes, Duration overtime, Duration transition) {}

    /** Without standbys; a server adds them. */
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
                new Watching(Duration.ofSeconds(10), Duration.ofSeconds(9), 64, Duration.ofSeconds(1)),
                Admission.standard(MachineLoad.ofThisMachine().memoryTotal()),
                StandbyConfig.off(),
                new Saves(
                        Duration.ofSeconds(9), Duration.ofSeconds(10), 64L << 20, Duration.ofMinutes(10),
                        Duration.ofSeconds(60)));
    }

    public HostConfig withMostSandboxes(int most) {
        return new HostConfig(
                most, leastDiskBytes, startsAtOnce, adoptionsAtOnce, processesPerSandbox, endsKept, patience, watching, admission, standbys,
                saves);
    }

    public HostConfig withLeastDiskBytes(long least) {
        return new HostConfig(
                mostSandboxes, least, startsAtOnce, adoptionsAtOnce, processesPerSandbox, endsKept, patience, watching, admission, standbys,
                saves);
    }

    public HostConfig withStartsAtOnce(int starts) {
        return new HostConfig(
                mostSandboxes, leastDiskBytes, starts, adoptionsAtOnce, processesPerSandbox, endsKept, patience, watching, admission,
                standbys, saves);
    }

    public HostConfig with(Patience other) {
        return new HostConfig(
                mostSandboxes, leastDiskBytes, startsAtOnce, adoptionsAtOnce, processesPerSandbox, endsKept, other, watching, admission,
                standbys, saves);
    }

    public HostConfig with(Watching other) {
        return new HostConfig(
                mostSandboxes, leastDiskBytes, startsAtOnce, adoptionsAtOnce, processesPerSandbox, endsKept, patience, other, admission,
                standbys, saves);
    }

    public HostConfig with(Admission other) {
        return new HostConfig(
                mostSandboxes, leastDiskBytes, startsAtOnce, adoptionsAtOnce, processesPerSandbox, endsKept, patience, watching, other,
                standbys, saves);
    }

    /** As many standbys as demand asks for and this machine bears. */
    public HostConfig withStandbysByDemand() {
        return with(StandbyConfig.automatic(
                MachineLoad.ofThisMachine().memoryTotal(), Runtime.getRuntime().availableProcessors()));
    }

    public HostConfig with(StandbyConfig other) {
        return new HostConfig(
                mostSandboxes, leastDiskBytes, startsAtOnce, adoptionsAtOnce, processesPerSandbox, endsKept, patience, watching, admission,
                other, saves);
    }

    public HostConfig with(Saves other) {
        return new HostConfig(
                mostSandboxes, leastDiskBytes, startsAtOnce, adoptionsAtOnce, processesPerSandbox, endsKept, patience, watching, admission,
                standbys, other);
    }
}
