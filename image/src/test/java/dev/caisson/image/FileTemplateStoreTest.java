package dev.caisson.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTemplateStoreTest {
    private static final String ID = "base0000000000000000";
    private static final String OTHER_ID = "other000000000000000";
    private static final ContentHash LAYER = new ContentHash("a".repeat(64));

    @TempDir
    Path folder;

    private FileTemplateStore store;

    @BeforeEach
    void makeStore() {
        store = new FileTemplateStore(folder.resolve("templates"));
    }

    private static TemplateBuild build(String id, int number) {
        return new TemplateBuild(
                id, new UUID(0, number).toString(), List.of(id.substring(0, 4), "alias-" + id), List.of(LAYER), "user", "/home/user",
                Map.of("KEY", "välue"), 2, 1L << 30, 10L << 30, Duration.ofSeconds(300), Instant.ofEpochSecond(number));
    }

    @Test
    void anEmptyStoreKnowsNothing() {
        assertThat(store.list()).isEmpty();
        assertThat(store.find("base")).isEmpty();
    }

    @Test
    void aBuildIsFoundByIdAndByEveryName() {
        store.put(build(ID, 1));

        assertThat(store.find(ID)).contains(build(ID, 1));
        assertThat(store.find("base")).contains(build(ID, 1));
        assertThat(store.find("alias-" + ID)).contains(build(ID, 1));
        assertThat(store.find("bas")).isEmpty();
    }

    @Test
    void theNewestBuildCounts() {
        store.put(build(ID, 2));
        store.put(build(ID, 1));
        store.put(build(OTHER_ID, 3));

        assertThat(store.find("base")).contains(build(ID, 2));
        assertThat(store.list()).containsExactly(build(ID, 2), build(OTHER_ID, 3));
    }

    @Test
    void aManifestThatAnotherProcessPutIsSeenAtOnce() {
        store.list();
        new FileTemplateStore(folder.resolve("templates")).put(build(ID, 1));
        assertThat(store.find("base")).contains(build(ID, 1));
        new FileTemplateStore(folder.resolve("templates")).put(build(ID, 2));
        assertThat(store.find("base")).contains(build(ID, 2));
    }

    @Test
    void aFolderThatDoesNotChangeIsReadOnce() throws IOException {
        store.put(build(ID, 1));
        var templates = folder.resolve("templates");
        Files.setLastModifiedTime(templates, FileTime.from(Instant.now().minusSeconds(60)));

        assertThat(store.find("base").orElseThrow()).isSameAs(store.find("base").orElseThrow());
    }

    @Test
    void aDamagedManifestHidesOnlyItself() throws IOException {
        store.put(build(ID, 1));
        store.put(build(OTHER_ID, 1));
        for (var damage : List.of("", "{", "{}", "null", "[1]", "{\"format\":1}", "{\"format\":2}")) {
            Files.writeString(folder.resolve("templates").resolve(TemplateFile.nameOf(build(ID, 1))), damage);
            touchFolder();
            assertThat(store.list()).as(damage).containsExactly(build(OTHER_ID, 1));
        }
    }

    @Test
    void aHalfWrittenManifestIsNotRead() throws IOException {
        store.put(build(ID, 1));
        Files.write(AtomicFile.aside(folder.resolve("templates")), TemplateFile.encode(build(OTHER_ID, 1)));
        touchFolder();

        assertThat(store.list()).containsExactly(build(ID, 1));
    }

    @Test
    void manyPutsAtOnceLeaveWholeManifestsOnly() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var puts = IntStream.range(1, 60).<Future<?>>mapToObj(n -> threads.submit(() -> {
                store.put(build(ID, n % 5 + 1));
                assertThat(store.find("base")).isPresent();
            })).toList();
            for (var put : puts) {
                put.get();
            }
        }
        assertThat(store.find("base")).contains(build(ID, 5));
        try (var files = Files.list(folder.resolve("templates"))) {
            assertThat(files).hasSize(5).allMatch(file -> file.toString().endsWith(".json"));
        }
    }

    @Test
    void anIdThatIsNoIdIsRefused() {
        assertThatThrownBy(() -> build("../../../etc/passwd0", 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private void touchFolder() throws IOException {
        Files.setLastModifiedTime(folder.resolve("templates"), FileTime.from(Instant.now()));
    }
}
