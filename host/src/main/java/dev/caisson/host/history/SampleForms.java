package dev.caisson.host.history;

import dev.caisson.node.TeamSample;
import dev.caisson.node.UsageSample;
import java.nio.ByteBuffer;
import java.time.Instant;

/** The records of the files {@code usage} and {@code team}. Sizes are in KiB there, which pages and blocks are multiples of. */
final class SampleForms {
    static final SampleForm<UsageSample> USAGE =
            new SampleForm<>(36, SampleForms::write, SampleForms::readUsage, UsageSample::at, UsageSample::highest);
    static final SampleForm<TeamSample> TEAM =
            new SampleForm<>(16, SampleForms::write, SampleForms::readTeam, TeamSample::at, TeamSample::highest);

    private SampleForms() {}

    private static void write(UsageSample sample, ByteBuffer into) {
        into.putLong(sample.at().toEpochMilli()).putFloat((float) sample.cpuPercent()).putInt(sample.cpus());
        putSize(into, sample.memoryUsed());
        putSize(into, sample.memoryTotal());
        putSize(into, sample.memoryCache());
        putSize(into, sample.diskUsed());
        putSize(into, sample.diskTotal());
    }

    private static UsageSample readUsage(ByteBuffer from) {
        var at = Instant.ofEpochMilli(from.getLong());
        var percent = decimal(from.getFloat());
        int cpus = from.getInt();
        return new UsageSample(at, cpus, percent, size(from), size(from), size(from), size(from), size(from));
    }

    /** Up to 4 TiB. */
    private static void putSize(ByteBuffer into, long bytes) {
        into.putInt((int) Math.clamp(bytes >> 10, 0, 0xffff_ffffL));
    }

    private static long size(ByteBuffer from) {
        return Integer.toUnsignedLong(from.getInt()) << 10;
    }

    /** The number that was meant: 0.2, not 0.20000000298023224. */
    private static double decimal(float number) {
        return Double.parseDouble(Float.toString(number));
    }

    private static void write(TeamSample sample, ByteBuffer into) {
        into.putLong(sample.at().toEpochMilli()).putInt(sample.sandboxes()).putFloat((float) sample.startsPerSecond());
    }

    private static TeamSample readTeam(ByteBuffer from) {
        return new TeamSample(Instant.ofEpochMilli(from.getLong()), from.getInt(), decimal(from.getFloat()));
    }
}
