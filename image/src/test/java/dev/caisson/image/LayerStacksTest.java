package dev.caisson.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.linux.Command;
import dev.caisson.linux.LoopDevices;
import dev.caisson.linux.Mounts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class LayerStacksTest {
    private static final FileTime THEN = FileTime.fromMillis(1_600_000_000_000L);

    @TempDir
    Path folder;

    private FileLayerStore layers;
    private FileFrozenDisks disks;
    private LayerStacks stacks;
    private List<LayerName> template;

    /** What a sandbox does to its root. */
    private interface Work {
        void in(Path root) throws IOException;
    }

    @BeforeEach
    void make() throws IOException {
        layers = new FileLayerStore(folder.resolve("layers"));
        disks = new FileFrozenDisks(folder.resolve("frozen"));
        stacks = new LayerStacks(layers, disks, folder.resolve("views"));
        var base = Files.createDirectory(folder.resolve("base"));
        for (var file : List.of("etc/hosts", "etc/passwd", "usr/lib/a", "usr/lib/b", "opt/tool/bin/run", "opt/tool/readme")) {
            write(base.resolve(file), "content of " + file);
        }
        Files.createSymbolicLink(base.resolve("bin"), Path.of("usr/bin"));
        var agent = Files.createDirectory(folder.resolve("agent"));
        write(agent.resolve("usr/lib/agent"), "agent");
        template = List.of(
                new LayerName.Packed(layers.pack(agent, line -> {})), new LayerName.Packed(layers.pack(base, line -> {})));
    }

    @AfterEach
    void leavesNothingMounted() {
        assertThat(Mounts.below(folder)).isEmpty();
        assertThat(LoopDevices.attachedBelow(folder)).isEmpty();
    }

    @Test
    void aStateDoesNotDifferFromItself() throws IOException {
        var state = over(template, root -> write(root.resolve("new"), "x"));
        assertThat(changes(state, state)).isEmpty();
    }

    @Test
    void filesAreAddedChangedAndRemoved() throws IOException {
        var state = over(template, root -> {
            write(root.resolve("home/user/note"), "x");
            write(root.resolve("etc/hosts"), "another text");
            Files.delete(root.resolve("etc/passwd"));
            Files.setPosixFilePermissions(root.resolve("usr/lib/a"), PosixFilePermissions.fromString("rwx------"));
            Files.setAttribute(root.resolve("usr/lib/b"), "unix:uid", 1000);
            Files.setPosixFilePermissions(root.resolve("usr/lib"), PosixFilePermissions.fromString("rwxr-x---"));
            Files.delete(root.resolve("bin"));
            Files.createSymbolicLink(root.resolve("bin"), Path.of("usr/sbin"));
        });
        assertThat(changes(template, state)).containsExactly(
                "CHANGED /bin", "CHANGED /etc/hosts", "REMOVED /etc/passwd", "ADDED /home", "ADDED /home/user",
                "ADDED /home/user/note", "CHANGED /usr/lib", "CHANGED /usr/lib/a", "CHANGED /usr/lib/b");
        assertThat(changes(state, template)).contains("ADDED /etc/passwd", "REMOVED /home/user/note");
    }

    @Test
    void contentCountsAlsoWhereSizeAndTimeAreTheSame() throws IOException {
        var first = over(template, root -> {
            write(root.resolve("data"), "one");
            write(root.resolve("same"), "one");
        });
        var second = over(first, root -> {
            write(root.resolve("data"), "two");
            write(root.resolve("same"), "one");
            Files.setLastModifiedTime(root.resolve("same"), FileTime.fromMillis(1));
        });
        assertThat(changes(first, second)).containsExactly("CHANGED /data");
    }

    @Test
    void aRenamedFolderMovesWithAllThatIsInIt() throws IOException {
        var state = over(template, root -> Files.move(root.resolve("opt/tool"), root.resolve("opt/gadget")));
        assertThat(changes(template, state)).containsExactly(
                "ADDED /opt/gadget", "ADDED /opt/gadget/bin", "ADDED /opt/gadget/bin/run", "ADDED /opt/gadget/readme",
                "REMOVED /opt/tool", "REMOVED /opt/tool/bin", "REMOVED /opt/tool/bin/run", "REMOVED /opt/tool/readme");
        // The layer above finds it where it is now.
        var next = over(state, root -> write(root.resolve("opt/gadget/bin/run"), "other"));
        assertThat(changes(state, next)).containsExactly("CHANGED /opt/gadget/bin/run");
    }

    @Test
    void aReplacedFolderHidesWhatWasInIt() throws IOException {
        var state = over(template, root -> {
            Command.ofSystem("rm", "-r", root.resolve("opt/tool").toString()).run();
            write(root.resolve("opt/tool/readme"), "new");
        });
        assertThat(changes(template, state)).containsExactly(
                "REMOVED /opt/tool/bin", "REMOVED /opt/tool/bin/run", "CHANGED /opt/tool/readme");
    }

    @Test
    void anEntryThatIsSomethingElseNowIsChanged() throws IOException {
        var state = over(template, root -> {
            Command.ofSystem("rm", "-r", root.resolve("opt/tool").toString()).run();
            write(root.resolve("opt/tool"), "a file");
            Files.delete(root.resolve("etc/hosts"));
            write(root.resolve("etc/hosts/inner"), "x");
        });
        assertThat(changes(template, state)).containsExactly(
                "CHANGED /etc/hosts", "ADDED /etc/hosts/inner",
                "CHANGED /opt/tool", "REMOVED /opt/tool/bin", "REMOVED /opt/tool/bin/run", "REMOVED /opt/tool/readme");
    }

    @Test
    void hardLinksAreFilesOfTheirOwn() throws IOException {
        var state = over(template, root -> {
            write(root.resolve("one"), "x");
            Files.createLink(root.resolve("two"), root.resolve("one"));
            Files.createLink(root.resolve("etc/more"), root.resolve("etc/hosts"));
        });
        assertThat(changes(template, state)).containsExactly("ADDED /etc/more", "ADDED /one", "ADDED /two");
    }

    @Test
    void namesAreBytes() throws IOException {
        var state = over(template, root -> Command.ofSystem("python3", "-c",
                "import os,sys; d=os.fsencode(sys.argv[1])\\n"
                        .replace("\\n", "\n") + "for n in (b'\\xff%41', 'gr\\u00fc\\u00df'.encode(), b'a\\nb'): open(d+b'/'+n,'w').close()",
                root.toString()).run());
        assertThat(changes(template, state)).containsExactly("ADDED /a\nb", "ADDED /gr\u00fc\u00df", "ADDED /\ufffd%41");
    }

    @Test
    void aLinkIsNotFollowed() throws IOException {
        var outside = Files.createDirectory(folder.resolve("outside"));
        write(outside.resolve("secret"), "x");
        var state = over(template, root -> Files.createSymbolicLink(root.resolve("way"), outside));
        assertThat(changes(template, state)).containsExactly("ADDED /way");
    }

    @Test
    void manyDisksBecomeOneThatShowsTheSame() throws IOException {
        var first = over(template, root -> {
            write(root.resolve("home/user/note"), "x");
            Files.createLink(root.resolve("home/user/again"), root.resolve("home/user/note"));
            Files.createLink(root.resolve("usr/lib/a2"), root.resolve("usr/lib/a"));
            Files.setAttribute(root.resolve("home/user"), "unix:uid", 1000);
            Files.move(root.resolve("opt/tool"), root.resolve("opt/gadget"));
            Files.delete(root.resolve("etc/passwd"));
            Files.setAttribute(root.resolve("home/user/note"), "user:e2b.key", ByteBuffer.wrap(new byte[] {1, 2}));
        });
        var second = over(first, root -> {
            Command.ofSystem("rm", "-r", root.resolve("opt").toString()).run();
            write(root.resolve("opt/new"), "y");
            Files.delete(root.resolve("bin"));
            write(root.resolve("bin/inner"), "was a link");
            write(root.resolve("etc/passwd"), "again");
            Files.setAttribute(root.resolve("etc/hosts"), "unix:mode", 04755);
        });
        var image = folder.resolve("merged.img");
        new Ext4Disks(folder.resolve("formatted")).create(image, 128 << 20);

        stacks.merge(second, 2, image);

        var merged = new ArrayList<LayerName>();
        merged.add(disks.take(image));
        merged.addAll(template);
        assertThat(changes(second, merged)).isEmpty();
        assertThat(changes(template, merged)).isEqualTo(changes(template, second)).contains("REMOVED /opt/tool/bin/run");
        try (var before = stacks.view(second);
                var after = stacks.view(merged)) {
            for (var file : List.of("home/user/note", "usr/lib/a2", "home/user", "etc/hosts", "opt", "home", "bin")) {
                assertThat(Files.readAttributes(after.root().resolve(file), "unix:mode,uid,gid,lastModifiedTime")).as(file)
                        .isEqualTo(Files.readAttributes(before.root().resolve(file), "unix:mode,uid,gid,lastModifiedTime"));
            }
            for (var file : List.of("home/user/note", "usr/lib/a2")) {
                assertThat(Files.getAttribute(after.root().resolve(file), "unix:nlink")).as("names of %s", file).isEqualTo(2);
            }
            assertThat((byte[]) Files.getAttribute(after.root().resolve("home/user/again"), "user:e2b.key")).containsExactly(1, 2);
        }
    }

    @Test
    void aMissingLayerIsNamedAndNothingStaysMounted() {
        var missing = new LayerName.Frozen(UUID.randomUUID());
        assertThatThrownBy(() -> changes(template, List.of(missing, template.get(0), template.get(1))))
                .isInstanceOfSatisfying(ImageException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND))
                .hasMessageContaining(missing.text());
        assertThat(folder.resolve("views")).isEmptyDirectory();
    }

    @Test
    void whatAnEarlierProcessLeftIsTakenAway() {
        stacks.view(template);
        assertThat(Mounts.below(folder)).isNotEmpty();
        new LayerStacks(layers, disks, folder.resolve("views")).clear();
        assertThat(Mounts.below(folder)).isEmpty();
        assertThat(folder.resolve("views")).doesNotExist();
    }

    private List<String> changes(List<LayerName> from, List<LayerName> to) {
        var found = new ArrayList<String>();
        stacks.changes(from, to, change -> found.add(change.kind() + " " + change.text()));
        return found;
    }

    /** The state of a sandbox that did this over those layers. */
    private List<LayerName> over(List<LayerName> below, Work work) throws IOException {
        var image = folder.resolve("disk.img");
        new Ext4Disks(folder.resolve("formatted")).create(image, 64 << 20);
        var disk = Files.createDirectory(folder.resolve("disk"));
        var root = Files.createDirectory(folder.resolve("root"));
        var mounted = new ArrayList<Path>();
        for (var layer : below) {
            var point = Files.createDirectory(folder.resolve("lower" + mounted.size()));
            if (layer instanceof LayerName.Packed(ContentHash hash)) {
                Mounts.erofs(layers.find(hash).orElseThrow(), point);
                mounted.add(point);
            } else if (layer instanceof LayerName.Frozen frozen) {
                Mounts.ext4ReadOnly(disks.find(frozen).orElseThrow(), point);
                mounted.add(point.resolve("upper"));
            }
        }
        Mounts.ext4(image, disk);
        Mounts.overlay(mounted, disk.resolve("upper"), disk.resolve("work"), root);
        work.in(root);
        Mounts.unmount(root);
        Mounts.unmount(disk);
        for (var i = 0; i < below.size(); i++) {
            var point = folder.resolve("lower" + i);
            Mounts.unmount(point);
            Files.delete(point);
        }
        Files.delete(root);
        Files.delete(disk);
        var stack = new ArrayList<LayerName>();
        stack.add(disks.take(image));
        stack.addAll(below);
        return stack;
    }

    /** With a time that says nothing. */
    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        var aside = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(aside, content);
        Files.setLastModifiedTime(aside, THEN);
        Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
