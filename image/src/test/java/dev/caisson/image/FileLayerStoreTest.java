package dev.caisson.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.linux.Command;
import dev.caisson.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class FileLayerStoreTest {
    private static final Progress SILENT = line -> {};

    @TempDir
    Path folder;

    private Path store;
    private FileLayerStore layers;

    @BeforeEach
    void makeStore() {
        store = folder.resolve("data/layers");
        layers = new FileLayerStore(store);
    }

    /** A tree with everything that could make two images of it differ: many names, links, owners, modes, times. */
    private Path tree(String name) throws IOException {
        var root = Files.createDirectories(folder.resolve(name));
        for (int i = 0; i < 300; i++) {
            var file = root.resolve("d" + i % 7).resolve("file-" + i * 7919 % 1000);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "content " + i % 11);
            Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_600_000_000L + i, 123_456_789)));
        }
        Files.setPosixFilePermissions(root.resolve("d0/file-0"), PosixFilePermissions.fromString("rwx------"));
        Files.setAttribute(root.resolve("d0/file-0"), "unix:uid", 1000);
        Files.createLink(root.resolve("d1/hard"), root.resolve("d0/file-0"));
        Files.createSymbolicLink(root.resolve("soft"), Path.of("d0/file-0"));
        setTimes(root, Instant.ofEpochSecond(1_700_000_000L));
        return root;
    }

    private static void setTimes(Path root, Instant time) throws IOException {
        try (var paths = Files.walk(root)) {
            for (var path : paths.filter(p -> Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS)).toList()) {
                Files.setLastModifiedTime(path, FileTime.from(time));
            }
        }
        Command.ofSystem("touch", "--no-dereference", "--date=@1600000000", root.resolve("soft").toString()).run();
        Files.setLastModifiedTime(root, FileTime.from(time));
    }

    @Test
    void theSameTreeGivesTheSameLayerWhereverItLies() throws IOException {
        var first = layers.pack(tree("one"), SILENT);
        // Another folder gets its entries in another order.
        var copy = folder.resolve("two");
        Command.ofSystem("cp", "-a", "--reflink=never", folder.resolve("one").toString(), copy.toString()).run();

        assertThat(layers.pack(copy, SILENT)).isEqualTo(first);
        assertThat(layers.pack(tree("three"), SILENT)).isEqualTo(first);
        assertThat(entries()).containsExactly(first.hex() + ".erofs");
    }

    @Test
    void anotherTreeGivesAnotherLayer() throws IOException {
        var first = layers.pack(tree("one"), SILENT);
        Files.setPosixFilePermissions(folder.resolve("one/d0/file-0"), PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(layers.pack(folder.resolve("one"), SILENT)).isNotEqualTo(first);
    }

    @Test
    void aLayerIsNamedByItsContentAndMountsAsTheTreeItWas() throws IOException {
        var root = tree("one");
        var layer = layers.pack(root, SILENT);
        var image = layers.find(layer).orElseThrow();
        assertThat(FileLayerStore.hashOf(image)).isEqualTo(layer);

        var mount = Files.createDirectory(folder.resolve("mount"));
        Mounts.erofs(image, mount);
        try {
            Command.ofSystem("diff", "-r", "--no-dereference", root.toString(), mount.toString()).run();
            for (var file : new String[] {"d0/file-0", "d3/file-757", "soft"}) {
                assertThat(Files.readAttributes(mount.resolve(file), "unix:uid,mode,nlink,lastModifiedTime", LinkOption.NOFOLLOW_LINKS))
                        .as(file)
                        .isEqualTo(Files.readAttributes(root.resolve(file), "unix:uid,mode,nlink,lastModifiedTime", LinkOption.NOFOLLOW_LINKS));
            }
        } finally {
            Mounts.unmount(mount);
        }
        assertThat(Mounts.below(folder)).isEmpty();
    }

    @Test
    void packingAtOnceGivesOneWholeLayer() throws Exception {
        var root = tree("one");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var packs = new ArrayList<Callable<ContentHash>>();
            for (int i = 0; i < 6; i++) {
                packs.add(() -> layers.pack(root, SILENT));
            }
            for (var pack : threads.invokeAll(packs)) {
                assertThat(FileLayerStore.hashOf(layers.find(pack.get()).orElseThrow())).isEqualTo(pack.get());
            }
        }
        assertThat(entries()).hasSize(1);
    }

    @Test
    void whatCannotBePackedLeavesNothing() {
        assertThatThrownBy(() -> layers.pack(folder.resolve("missing"), SILENT))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("missing");
        assertThat(store).doesNotExist();
    }

    @Test
    void onlyKeptLayersAndWorkInProgressSurvive() throws IOException {
        var kept = layers.pack(tree("one"), SILENT);
        Files.writeString(folder.resolve("one/d0/file-0"), "changed");
        var dropped = layers.pack(folder.resolve("one"), SILENT);
        var ours = Files.createFile(AtomicFile.aside(store));
        Files.createFile(store.resolve(".partial-" + ProcessHandle.current().pid() + "-1-x"));

        assertThat(layers.retain(Set.of(kept))).containsExactly(dropped);
        assertThat(entries()).containsExactlyInAnyOrder(kept.hex() + ".erofs", ours.getFileName().toString());
        assertThat(layers.find(dropped)).isEmpty();
    }

    @Test
    void anAgentsLayerDependsOnItsBytesOnly() throws IOException {
        var agent = Files.write(folder.resolve("agent"), new byte[] {1, 2, 3});
        var scratch = folder.resolve("scratch");
        var first = AgentLayers.pack(agent, scratch, layers, SILENT);
        var copy = Files.write(folder.resolve("copy"), new byte[] {1, 2, 3});
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));

        assertThat(AgentLayers.pack(copy, scratch, layers, SILENT)).isEqualTo(first);
        assertThat(scratch).isEmptyDirectory();
        var mount = Files.createDirectory(folder.resolve("mount"));
        Mounts.erofs(layers.find(first).orElseThrow(), mount);
        try {
            var inside = mount.resolve(AgentLayers.PATH.substring(1));
            assertThat(inside).hasBinaryContent(new byte[] {1, 2, 3});
            assertThat(Files.getPosixFilePermissions(inside)).isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
            assertThat(Files.getAttribute(inside, "unix:uid")).isEqualTo(0);
            for (var name : List.of("python/caisson_reseed.py", "python/sitecustomize.py", "node/caisson-reseed.js")) {
                var script = inside.resolveSibling(name);
                assertThat(script).hasSameTextualContentAs(Path.of("..", "guest-agent", "interpreters").resolve(name));
                assertThat(Files.getPosixFilePermissions(script)).isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
            }
        } finally {
            Mounts.unmount(mount);
        }
    }

    private List<String> entries() throws IOException {
        try (var files = Files.list(store)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
