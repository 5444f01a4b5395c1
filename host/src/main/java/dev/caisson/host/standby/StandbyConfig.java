package dev.caisson.host.standby;

import java.time.Duration;

/**
 * How many standbys, and how they are looked after.
 *
 * @param most that exist at once over all kinds, those being made included; 0 turns them off
 * @param atFirst how many of the template {@code base} are kept whatever the demand, so that a first create is quick
 * @param makingAtOnce how many are made at once
 * @param quiet what was ready during all of this time and never needed is given up by half
 * @param look how often the numbers are looked at when nothing happens
 * @param pingEvery how often one that waits is asked whether it is there
 * @param pingDeadline for the answer; without it is discarded. Also bounds what a claim loses by one that hangs
 * @param firstRetry after making one failed; doubles each time
 * @param lastRetry and at most this
 */
public record StandbyConfig(
        int most,
        int atFirst,
        int makingAtOnce,
        Duration quiet,
        Duration look,
        Duration pingEvery,
        Duration pingDeadline,
        Duration firstRetry,
        Duration lastRetry) {
    /** What one takes of the machine's memory while it waits (docs/performance.md: 14 to 19 MiB). */
    public static final long MEMORY_EACH = 20L << 20;

    /** Of the machine's memory they take a tenth at most. */
    private static final int SHARE_OF_MEMORY = 10;

    /** More are not refilled before the next burst comes: a processor makes about a dozen a second. */
    private static final int PER_PROCESSOR = 8;

    public StandbyConfig {
        if (most < 0 || atFirst < 0 || makingAtOnce < 1) {
            throw new IllegalArgumentException("no such number of standbys: " + most + ", " + atFirst + ", " + makingAtOnce);
        }
    }

    /** None at all. */
    public static StandbyConfig off() {
        return atMost(0);
    }

    /** As many as demand asks for, up to {@code most}. */
    public static StandbyConfig atMost(int most) {
        return new StandbyConfig(
                most,
                Math.min(1, most),
                Runtime.getRuntime().availableProcessors(),
                Duration.ofMinutes(5),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofMinutes(1));
    }

    /** As many as demand asks for and a machine bears. */
    public static StandbyConfig automatic(long memoryOfMachine, int processors) {
        var byMemory = memoryOfMachine / SHARE_OF_MEMORY / MEMORY_EACH;
        return atMost((int) Math.min(byMemory, (long) PER_PROCESSOR * processors));
    }

    public boolean areOn() {
        return most > 0;
    }
}
