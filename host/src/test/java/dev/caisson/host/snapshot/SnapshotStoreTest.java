package dev.caisson.host.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.host.snapshot.SnapshotManifest.Kind;
import dev.caisson.image.FileFrozenDisks;
import dev.caisson.image.LayerName;
import dev.caisson.linux.LinuxException;
import dev.caisson.node.NodeException;
import dev.caisson.node.SnapshotId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotStoreTest {
    private static final SnapshotLimits ROOMY = new SnapshotLimits(1, 0, 3);

    @TempDir
    Path data;

    private final Set<LayerName.Frozen> journaled = new HashSet<>();
    private FileFrozenDisks disks = new FileFrozenDisks(Path.of("/nowhere"));
    private SnapshotStore store = new SnapshotStore(Path.of("/nowhere"), disks, ROOMY, Set::of);

    @BeforeEach
    void make() {
        disks = new FileFrozenDisks(data.resolve("frozen"));
        store = store(ROOMY);
        assertThat(store.open()).isEmpty();
        store.journalsAreKnown();
    }

    @Test
    void nothingIsCollectedBeforeAllJournalsAreKnown() throws IOException {
        var unnamed = disks.copy(Files.writeString(data.resolve("disk"), "of a sandbox whose journal was not read yet"));
        var next = store(ROOMY);
        next.open();
        next.collect();
        assertThat(disks.find(unnamed)).isPresent();
        next.journalsAreKnown();
        assertThat(disks.find(unnamed)).isEmpty();
    }

    private SnapshotStore store(SnapshotLimits limits) {
        return new SnapshotStore(data, disks, limits, () -> journaled);
    }

    private SnapshotManifest save(Kind kind) throws IOException {
        return save(kind, Manifests.TAKEN);
    }

    private SnapshotManifest save(Kind kind, Instant taken) throws IOException {
        try (var draft = store.draft(1 << 20)) {
            fill(draft.memory());
            return draft.keep(Manifests.of(draft.id(), kind, disk(draft), taken));
        }
    }

    private static void fill(Path memory) throws IOException {
        Files.createDirectory(memory);
        Files.writeString(memory.resolve("pages"), "x".repeat(5000));
        Files.writeString(memory.resolve("state"), "kernel");
    }

    private LayerName.Frozen disk(SnapshotDraft draft) throws IOException {
        var image = Files.writeString(data.resolve("disk"), "a disk");
        try (var copy = disks.draft(image)) {
            draft.pin(copy.name());
            return copy.keep();
        }
    }

    private LayerName.Frozen diskOf(SnapshotManifest manifest) {
        return manifest.frozen().iterator().next();
    }

    private Path folder(SnapshotId id) {
        return data.resolve("snapshots").resolve(id.value());
    }

    private List<String> left() throws IOException {
        try (var entries = Files.list(data.resolve("snapshots"))) {
            return entries.map(path -> String.valueOf(path.getFileName())).toList();
        }
    }

    @Test
    void whatCannotBeFlushedUnderItsNameIsRemovedAgain() throws IOException {
        store = new SnapshotStore(data, disks, ROOMY, () -> journaled, folder -> {
            throw new LinuxException(Category.INTERNAL, "could not flush " + folder);
        });
        store.open();
        store.journalsAreKnown();

        assertThatThrownBy(() -> save(Kind.SNAPSHOT)).isInstanceOf(NodeException.class).hasMessageContaining("could not flush");

        assertThat(store.all(Kind.SNAPSHOT)).isEmpty();
        assertThat(left()).isEmpty();
        var next = store(ROOMY);
        assertThat(next.open()).isEmpty();
        assertThat(next.all(Kind.SNAPSHOT)).isEmpty();
    }

    @Test
    void whatIsKeptIsFoundByThisStoreAndTheNext() throws IOException {
        var kept = save(Kind.SNAPSHOT);
        assertThat(kept.bytes()).isEqualTo(1000 + 5006);
        assertThat(store.find(kept.id())).contains(kept);
        assertThat(store.all(Kind.SNAPSHOT)).containsExactly(kept);
        assertThat(store.all(Kind.CHECKPOINT)).isEmpty();
        assertThat(store.verify(kept.id())).isEmpty();

        var next = store(ROOMY);
        assertThat(next.open()).isEmpty();
        assertThat(next.find(kept.id())).contains(kept);
        assertThat(left()).containsExactly(kept.id().value());
    }

    @Test
    void aStateMayGetOtherLayersAndTheOldOnesGo() throws IOException {
        var kept = save(Kind.SNAPSHOT);
        var other = disks.copy(Files.writeString(data.resolve("disk"), "another disk"));

        assertThat(store.replaceLayers(kept.id(), List.of(other, kept.layers().getLast()), 12)).isTrue();
        store.collect();

        var next = store(ROOMY);
        assertThat(next.open()).isEmpty();
        assertThat(next.find(kept.id())).hasValueSatisfying(changed -> {
            assertThat(changed.layers()).containsExactly(other, kept.layers().getLast());
            assertThat(changed.bytes()).isEqualTo(12 + 5006);
        });
        assertThat(disks.find(diskOf(kept))).isEmpty();
        assertThat(disks.find(other)).isPresent();
        assertThat(store.replaceLayers(SnapshotId.random(), List.of(other), 12)).isFalse();
    }

    @Test
    void aStateThatIsUsedAtOnceSaysHowLargeItsMemoryIsAndGoesWithItsUser() throws IOException {
        var draft = store.draft(1 << 20);
        fill(draft.memory());
        try (var state = draft.use(Manifests.of(draft.id(), Kind.FORK, disk(draft)))) {
            assertThat(state.manifest().bytes()).isEqualTo(1000 + 5006);
            assertThat(state.memory().resolve("pages")).exists();
            assertThat(store.find(draft.id())).isEmpty();
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void whatIsNotKeptLeavesNothing() throws IOException {
        LayerName.Frozen disk;
        try (var draft = store.draft(1)) {
            fill(draft.memory());
            disk = disk(draft);
            store.collect();
            assertThat(disks.find(disk)).as("pinned").isPresent();
            assertThat(store.find(draft.id())).isEmpty();
        }
        assertThat(left()).isEmpty();
        assertThat(disks.find(disk)).isEmpty();
    }

    @Test
    void halfWrittenAndHalfDeletedStatesGoAtTheNextStart() throws IOException {
        var kept = save(Kind.SNAPSHOT);
        fill(Files.createDirectories(data.resolve("snapshots/.aside-" + SnapshotId.random())).resolve("memory"));
        Files.delete(folder(kept.id()).resolve("manifest.json"));
        Files.writeString(data.resolve("snapshots/notes.txt"), "somebody's");

        assertThat(store(ROOMY).open()).singleElement().asString().contains("notes.txt");
        assertThat(left()).containsExactly("notes.txt");
    }

    @Test
    void everyKindOfDamageIsNoticedAndPutAside() throws IOException {
        var shorter = save(Kind.SNAPSHOT);
        try (var file = new RandomAccessFile(folder(shorter.id()).resolve("memory/pages").toFile(), "rw")) {
            file.setLength(4999);
        }
        var missing = save(Kind.SNAPSHOT);
        Files.delete(folder(missing.id()).resolve("memory/state"));
        var unreadable = save(Kind.SNAPSHOT);
        Files.writeString(folder(unreadable.id()).resolve("manifest.json"), "{\"format\":1");
        var swapped = save(Kind.SNAPSHOT);
        Files.copy(folder(missing.id()).resolve("manifest.json"), folder(swapped.id()).resolve("other"));
        Files.move(folder(swapped.id()).resolve("other"), folder(swapped.id()).resolve("manifest.json"),
                StandardCopyOption.REPLACE_EXISTING);
        var diskless = save(Kind.SNAPSHOT);
        Files.delete(disks.find(diskOf(diskless)).orElseThrow());
        var whole = save(Kind.SNAPSHOT);

        assertThatThrownBy(() -> store.hold(shorter.id())).isInstanceOf(NodeException.class).hasMessageContaining("4999");
        store = store(ROOMY);
        var lines = store.open();

        assertThat(lines).hasSize(5)
                .anyMatch(line -> line.contains(shorter.id().value()) && line.contains("4999"))
                .anyMatch(line -> line.contains(missing.id().value()) && line.contains("state"))
                .anyMatch(line -> line.contains(unreadable.id().value()) && line.contains("manifest"))
                .anyMatch(line -> line.contains(swapped.id().value()) && line.contains(missing.id().value()))
                .anyMatch(line -> line.contains(diskless.id().value()) && line.contains("layer"));
        assertThat(store.all(Kind.SNAPSHOT)).containsExactly(whole);
        assertThat(data.resolve("quarantine/snapshots").resolve(shorter.id().value()).resolve("memory/pages")).exists();
        store.journalsAreKnown();
        assertThat(disks.find(diskOf(shorter))).as("for who looks at it").isPresent();
        assertThat(disks.find(diskOf(unreadable))).isEmpty();
    }

    @Test
    void oneByteThatFlippedIsFoundByReadingAll() throws IOException {
        var kept = save(Kind.SNAPSHOT);
        try (var file = new RandomAccessFile(folder(kept.id()).resolve("memory/pages").toFile(), "rw")) {
            file.seek(4321);
            file.write('y');
        }
        assertThat(store(ROOMY).open()).isEmpty();
        var problems = store.verify(kept.id());
        assertThat(problems).singleElement().asString().contains("pages");
        assertThat(store.putAside(kept.id(), problems)).contains(kept.id().value(), "quarantine");
        assertThat(store.find(kept.id())).isEmpty();
    }

    @Test
    void theQuarantineIsBounded() throws IOException {
        for (var i = 0; i < 8; i++) {
            Files.delete(folder(save(Kind.SNAPSHOT).id()).resolve("memory/state"));
        }
        assertThat(store(ROOMY).open()).hasSize(8);
        assertThat(data.resolve("quarantine/snapshots").toFile().list()).hasSize(5);
    }

    @Test
    void aStateThatIsUsedStaysUntilItIsNot() throws IOException {
        var kept = save(Kind.SNAPSHOT);
        var first = store.hold(kept.id());
        var second = store.hold(kept.id());
        assertThat(store.delete(kept.id())).isTrue();
        assertThat(store.delete(kept.id())).isFalse();
        assertThat(store.find(kept.id())).isEmpty();
        first.close();
        first.close();
        assertThat(second.memory().resolve("pages")).exists();
        assertThat(disks.find(diskOf(kept))).isPresent();
        // A server that dies now does not bring it back.
        assertThatThrownBy(() -> store.hold(kept.id())).isInstanceOfSatisfying(NodeException.class,
                e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
        second.close();
        assertThat(left()).isEmpty();
        assertThat(disks.find(diskOf(kept))).isEmpty();
    }

    @Test
    void aDiskStaysWhileAJournalNamesIt() throws IOException {
        var kept = save(Kind.SNAPSHOT);
        journaled.add(diskOf(kept));
        store.delete(kept.id());
        assertThat(disks.find(diskOf(kept))).isPresent();
        journaled.clear();
        store.collect();
        assertThat(disks.find(diskOf(kept))).isEmpty();
    }

    @Test
    void theOldestCheckpointsLeaveWhenASandboxHasTooMany() throws IOException {
        var oldest = save(Kind.CHECKPOINT, Manifests.TAKEN);
        var others = List.of(
                save(Kind.CHECKPOINT, Manifests.TAKEN.plusSeconds(1)), save(Kind.CHECKPOINT, Manifests.TAKEN.plusSeconds(2)),
                save(Kind.CHECKPOINT, Manifests.TAKEN.plusSeconds(3)));
        assertThat(store.checkpoints(Manifests.SOURCE)).containsExactlyElementsOf(others.reversed());
        assertThat(disks.find(diskOf(oldest))).isEmpty();
    }

    @Test
    void thereIsNoRoomBeyondTheBudgetAndWhatIsBeingSavedCounts() throws IOException {
        var total = Files.getFileStore(data).getTotalSpace();
        store = store(new SnapshotLimits(100.0 * (1 << 20) / total, 0, 3));
        store.open();
        var first = store.draft(60 << 20);
        assertThatThrownBy(() -> store.draft(60 << 20)).isInstanceOfSatisfying(NodeException.class,
                e -> assertThat(e.category()).isEqualTo(Category.EXHAUSTED)).hasMessageContaining("60 MiB of the").hasMessageContaining("delete");
        assertThat(left()).hasSize(1);
        first.close();
        store.draft(60 << 20).close();
    }

    @Test
    void whatRunsKeepsItsShareOfTheDisk() throws IOException {
        store = store(new SnapshotLimits(1, Files.getFileStore(data).getTotalSpace(), 3));
        store.open();
        assertThatThrownBy(() -> store.draft(1 << 20)).isInstanceOfSatisfying(NodeException.class,
                e -> assertThat(e.category()).isEqualTo(Category.EXHAUSTED)).hasMessageContaining("1 MiB").hasMessageContaining("left");
        assertThat(left()).isEmpty();
    }

    @Test
    void aMemoryGoesOnOnlyWhereTheProcessorsCanDoAsMuch() throws IOException {
        var kept = save(Kind.SNAPSHOT);
        CpuFeatures.require(kept, Set.of("avx", "sse", "more"));
        assertThatThrownBy(() -> CpuFeatures.require(kept, Set.of("sse"))).isInstanceOfSatisfying(NodeException.class,
                e -> assertThat(e.category()).isEqualTo(Category.UNSUPPORTED)).hasMessageContaining("avx");
    }

    @Test
    void theFeaturesOfThisMachineAreRead() throws IOException {
        var file = Files.writeString(data.resolve("cpuinfo"), "processor\t: 0\nflags\t\t: fpu sse avx\n\nprocessor\t: 1\nflags\t\t: fpu\n");
        assertThat(CpuFeatures.of(file)).containsExactlyInAnyOrder("fpu", "sse", "avx");
        assertThat(CpuFeatures.of(data.resolve("none"))).isEmpty();
        assertThat(CpuFeatures.ofThisMachine()).isNotEmpty();
    }
}
