package dev.caisson.host.snapshot;

import dev.caisson.base.SandboxId;
import dev.caisson.host.journal.Journal.GuestDefaults;
import dev.caisson.image.ContentHash;
import dev.caisson.image.LayerName;
import dev.caisson.node.CheckpointInfo;
import dev.caisson.node.SnapshotId;
import dev.caisson.node.SnapshotInfo;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a saved state is and what it takes to go on from it. Its JSON form is pinned by a test.
 *
 * @param format {@link #FORMAT}; a reader refuses any other
 * @param name of a checkpoint, for people; may be empty
 * @param source the sandbox that was saved
 * @param owner of the source
 * @param template what the source was made from
 * @param memory whether its memory was saved too
 * @param layers of a root like the source's, topmost first: the topmost is what the source had on its disk
 * @param machine what the source ran on
 * @param link with which key the agent in the memory can be spoken to
 * @param guest what an agent is told that boots from the files alone
 * @param files of the memory
 * @param bytes of its files and of its topmost layer
 */
public record SnapshotManifest(
        int format,
        SnapshotId id,
        Kind kind,
        String name,
        SandboxId source,
        String owner,
        Template template,
        Instant taken,
        boolean memory,
        List<LayerName> layers,
        Machine machine,
        LinkPosition link,
        GuestDefaults guest,
        List<SavedFile> files,
        long bytes) {
    public static final int FORMAT = 1;

    /** Who keeps it. */
    public enum Kind {
        /** Its owner, until it is deleted. */
        SNAPSHOT,
        /** The sandbox that it was taken of, until that one ends. */
        CHECKPOINT,
        /** The fork under way; never written down. */
        FORK
    }

    /** Of the source. */
    public record Template(String id, List<String> names) {
        public Template {
            names = List.copyOf(names);
        }
    }

    /**
     * What a saved memory goes on on.
     *
     * @param engine its name
     * @param build of it; no other restores the memory
     * @param agent the layer with the agent, whose code is in the memory
     * @param cpuFeatures as {@code /proc/cpuinfo} names them; the memory may rely on each
     */
    public record Machine(
            int cpus, long memoryBytes, long diskBytes, String engine, String build, ContentHash agent, List<String> cpuFeatures) {
        public Machine {
            cpuFeatures = List.copyOf(cpuFeatures);
        }
    }

    /** Which key was in force: that of this sandbox, in this run, after so many rotations. */
    public record LinkPosition(SandboxId sandbox, int run, int rotation) {}

    /**
     * One file of the memory.
     *
     * @param path below the memory's folder
     * @param crc32c of its bytes, 8 hex digits
     */
    public record SavedFile(String path, long bytes, String crc32c) {}

    public SnapshotManifest {
        layers = List.copyOf(layers);
        files = List.copyOf(files);
    }

    /** The layers that are frozen disks. */
    public Set<LayerName.Frozen> frozen() {
        return layers.stream()
                .flatMap(layer -> layer instanceof LayerName.Frozen disk ? Stream.of(disk) : Stream.of())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The same with what was saved of the memory. */
    public SnapshotManifest with(List<SavedFile> saved) {
        var size = bytes + saved.stream().mapToLong(SavedFile::bytes).sum();
        return new SnapshotManifest(
                format, id, kind, name, source, owner, template, taken, memory, layers, machine, link, guest, saved, size);
    }

    /** The same state over other layers that show the same files. */
    public SnapshotManifest over(List<LayerName> others, long disk) {
        var size = files.stream().mapToLong(SavedFile::bytes).sum() + disk;
        return new SnapshotManifest(
                format, id, kind, name, source, owner, template, taken, memory, others, machine, link, guest, files, size);
    }

    public SnapshotInfo info() {
        return new SnapshotInfo(
                id, source, owner, template.id(), taken, memory, machine.cpus(), machine.memoryBytes(), machine.diskBytes(), bytes);
    }

    public CheckpointInfo checkpoint() {
        return new CheckpointInfo(id, name, taken, bytes);
    }
}
