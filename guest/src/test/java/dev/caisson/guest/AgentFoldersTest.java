package dev.caisson.guest;

import static dev.caisson.guest.GuestFailures.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import dev.caisson.guest.FileEntry.FileType;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Folders, links and paths on the real agent. */
@Timeout(60)
class AgentFoldersTest {
    @RegisterExtension
    static final NativeAgent AGENT = new NativeAgent();

    @TempDir
    private Path folder;

    @Test
    void describesLinks() throws Exception {
        write("target", new byte[7]);
        Files.createSymbolicLink(folder.resolve("link"), Path.of("target"));
        Files.createSymbolicLink(folder.resolve("broken"), Path.of("nowhere"));
        Files.createSymbolicLink(folder.resolve("one"), Path.of("other"));
        Files.createSymbolicLink(folder.resolve("other"), Path.of("one"));

        var link = stat("link");
        assertThat(link.link()).isTrue();
        assertThat(link.type()).isEqualTo(FileType.FILE);
        assertThat(link.mode()).isEqualTo(0644);
        assertThat(link.target()).contains(folder.toRealPath() + "/target");
        for (var name : new String[] {"broken", "one"}) {
            var entry = stat(name);
            assertThat(entry.link()).isTrue();
            assertThat(entry.type()).isEqualTo(FileType.OTHER);
            assertThat(entry.mode()).isZero();
            assertThat(entry.target()).contains(path(name));
        }
        assertThat(fails(Category.INVALID, () -> AGENT.link().read("", path("one"), 0, -1)).errno()).isEqualTo(Errno.ELOOP);
        assertThat(fails(Category.INVALID, () -> AGENT.link().list("", path("one"), 1)).errno()).isEqualTo(Errno.ELOOP);
    }

    @Test
    void listsInPreorderSortedByBytes() throws Exception {
        for (var name : new String[] {"file1", "subdir1/subdir1_1/deep", "subdir1/subdir1_2", "subdir2", "Z", "é"}) {
            write(name, new byte[0]);
        }
        Files.createSymbolicLink(folder.resolve("loop"), folder);

        assertThat(AGENT.link().list(AGENT.user(), folder.toString(), 0)).extracting(FileEntry::name)
                .containsExactly("Z", "file1", "loop", "subdir1", "subdir2", "é");
        assertThat(AGENT.link().list(AGENT.user(), folder.toString(), 2)).extracting(FileEntry::path)
                .containsExactly(path("Z"), path("file1"), path("loop"), path("subdir1"), path("subdir1/subdir1_1"),
                        path("subdir1/subdir1_2"), path("subdir2"), path("é"));
        assertThat(AGENT.link().list(AGENT.user(), folder.toString(), 9)).extracting(FileEntry::name).contains("deep");
        assertThat(AGENT.link().list(AGENT.user(), path("subdir1/subdir1_1"), 1)).hasSize(1);
        fails(Category.NOT_FOUND, () -> AGENT.link().list("", path("missing"), 1));
        assertThat(fails(Category.INVALID, () -> AGENT.link().list("", path("Z"), 1)).errno()).isEqualTo(Errno.ENOTDIR);
    }

    @Test
    void listsALargeFolder() throws Exception {
        for (var i = 0; i < 5000; i++) {
            Files.createFile(folder.resolve("a-rather-long-name-of-a-file-%05d".formatted(i)));
        }
        assertThat(AGENT.link().list(AGENT.user(), folder.toString(), 1)).hasSize(5000).extracting(FileEntry::name).isSorted();
    }

    @Test
    void makesMovesAndRemoves() throws Exception {
        var link = AGENT.link();
        assertThat(link.makeFolder(AGENT.user(), path("x/y")).type()).isEqualTo(FileType.FOLDER);
        assertThat(fails(Category.CONFLICT, () -> link.makeFolder("", path("x/y"))).errno()).isEqualTo(Errno.EEXIST);
        write("x/file", new byte[2]);
        assertThat(fails(Category.INVALID, () -> link.makeFolder("", path("x/file"))).errno()).isEqualTo(Errno.ENOTDIR);

        assertThat(link.move(AGENT.user(), path("x"), path("new/place")).path()).isEqualTo(path("new/place"));
        assertThat(Files.exists(folder.resolve("new/place/file"))).isTrue();
        fails(Category.NOT_FOUND, () -> link.move("", path("x"), path("z")));

        link.remove(AGENT.user(), path("new"));
        link.remove(AGENT.user(), path("new"));
        assertThat(Files.exists(folder.resolve("new"))).isFalse();
        fails(Category.NOT_FOUND, () -> link.stat("", path("new")));
    }

    @Test
    void resolvesPathsForTheUser() {
        var home = AGENT.link().stat(AGENT.user(), "~").path();

        assertThat(home).isEqualTo(System.getProperty("user.home"));
        assertThat(AGENT.link().stat(AGENT.user(), "").path()).isEqualTo(home);
        assertThat(AGENT.link().stat(AGENT.user(), "/tmp/").path()).isEqualTo("/tmp/");
        fails(Category.INVALID, () -> AGENT.link().stat(AGENT.user(), "~root/x"));
        fails(Category.INVALID, () -> AGENT.link().stat(AGENT.user(), "a\0b"));
        fails(Category.UNAUTHENTICATED, () -> AGENT.link().stat("no-such-user", "/"));
    }

    @Test
    void takesNamesInAnyScript() throws Exception {
        var name = "grüße 日本語 😀 'quoted' \n%s";
        write(name, "x".getBytes(StandardCharsets.UTF_8));

        assertThat(AGENT.link().stat(AGENT.user(), path(name)).name()).isEqualTo(name);
        assertThat(AGENT.link().list(AGENT.user(), folder.toString(), 1)).extracting(FileEntry::name).containsExactly(name);
    }

    private FileEntry stat(String name) {
        return AGENT.link().stat(AGENT.user(), path(name));
    }

    private FileEntry write(String name, byte[] content) {
        return AGENT.link().write(AGENT.user(), path(name), Map.of(), new ByteArrayInputStream(content));
    }

    private String path(String name) {
        return name.isEmpty() ? folder.toString() : folder + "/" + name;
    }
}
