package dev.caisson.host.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.host.snapshot.SnapshotManifest.Kind;
import dev.caisson.host.snapshot.SnapshotManifest.SavedFile;
import dev.caisson.image.LayerName;
import dev.caisson.node.SnapshotId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotManifestTest {
    private static final SnapshotId ID = new SnapshotId("01234567-89ab-cdef-0123-456789abcdef");
    private static final SnapshotManifest MANIFEST = Manifests
            .of(ID, Kind.CHECKPOINT, new LayerName.Frozen(UUID.fromString("11111111-2222-3333-4444-555555555555")))
            .with(List.of(new SavedFile("pages", 4096, "01234567")));

    @TempDir
    Path data;

    private SnapshotFolder folder = new SnapshotFolder(Path.of("/nowhere"));

    @BeforeEach
    void make() throws Exception {
        folder = new SnapshotFolder(data.resolve("state"));
        folder.create();
        folder.write(MANIFEST);
    }

    /** Snapshots are kept for years: change this with care. */
    @Test
    void theFormIsPinned() throws Exception {
        assertThat(Files.readString(folder.manifest())).isEqualToNormalizingWhitespace("""
                {"format":1,"id":"01234567-89ab-cdef-0123-456789abcdef","kind":"CHECKPOINT","name":"before the test",\
                "source":"i0123456789abcdefghi","owner":"team","template":{"id":"base0000000000000000","names":["base"]},\
                "taken":"2026-01-02T03:04:05.678901234Z","memory":true,\
                "layers":["11111111-2222-3333-4444-555555555555","%s","%s"],\
                "machine":{"cpus":2,"memoryBytes":1073741824,"diskBytes":10737418240,"engine":"gvisor","build":"caisson-1",\
                "agent":"%s","cpuFeatures":["avx","sse"]},\
                "link":{"sandbox":"i0123456789abcdefghi","run":3,"rotation":1},\
                "guest":{"user":"user","workdir":"/home/user","environment":{"K":"v"}},\
                "files":[{"path":"pages","bytes":4096,"crc32c":"01234567"}],"bytes":5096}\
                """.formatted("b".repeat(64), "a".repeat(64), "b".repeat(64)));
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        assertThat(folder.read(ID)).isEqualTo(MANIFEST);
    }

    @Test
    void fieldsOfALaterServerAreIgnored() throws Exception {
        var text = Files.readString(folder.manifest());
        Files.writeString(folder.manifest(), text.replaceFirst("\\{", "{\"later\":{\"x\":1},"));
        assertThat(folder.read(ID)).isEqualTo(MANIFEST);
    }

    @Test
    void noTruncationIsBelieved() throws Exception {
        var whole = Files.readAllBytes(folder.manifest());
        for (var length = 0; length < whole.length; length++) {
            Files.write(folder.manifest(), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> folder.read(ID)).as("%d bytes", length).isInstanceOf(SnapshotFolder.DamagedException.class);
        }
    }

    @Test
    void anotherFormatAndAnotherStatesManifestAreRefused() throws Exception {
        assertThatThrownBy(() -> folder.read(SnapshotId.random())).hasMessageContaining(ID.value());
        var text = Files.readString(folder.manifest());
        Files.writeString(folder.manifest(), text.replace("\"format\":1", "\"format\":2"));
        assertThatThrownBy(() -> folder.read(ID)).hasMessageContaining("format 2");
    }

    @Test
    void onlyDisksAreFrozen() {
        assertThat(MANIFEST.frozen()).extracting(LayerName::text).containsExactly("11111111-2222-3333-4444-555555555555");
    }
}
