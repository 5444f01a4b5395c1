package dev.caisson.image;

import dev.caisson.linux.FileCopies;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Makes one tree like another, difference by difference: content with its holes, hard links, owners, modes, times and the
 * attributes of users. Nobody else changes either of them. Used by one thread.
 */
final class TreePatch {
    private static final int MODE = 07777;
    private static final int TYPE = 0170000;
    private static final int FOLDER = 0040000;
    private static final int FILE = 0100000;
    private static final int LINK = 0120000;

    private final Path from;
    private final Path to;
    /** The first copy of each file that has several names, by its inode. */
    private final Map<Object, Path> copies = new HashMap<>();
    private final List<Path> folders = new ArrayList<>();

    TreePatch(Path from, Path to) {
        this.from = from;
        this.to = to;
    }

    /** Takes over one difference; a folder's own comes before those in it. */
    void apply(TreeChange change) throws IOException {
        var source = from.resolve(change.path());
        var target = to.resolve(change.path());
        if (change.kind() == TreeChange.Kind.REMOVED) {
            delete(target);
            return;
        }
        var attributes = Files.readAttributes(source, "unix:mode,nlink,ino", LinkOption.NOFOLLOW_LINKS);
        switch ((int) get(attributes, "mode") & TYPE) {
            case FOLDER -> {
                if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                    delete(target);
                    Files.createDirectory(target);
                }
                folders.add(change.path());
            }
            case FILE -> {
                delete(target);
                copy(source, target, attributes);
            }
            case LINK -> {
                delete(target);
                Files.createSymbolicLink(target, Files.readSymbolicLink(source));
                own(source, target);
            }
            default -> throw new IOException("'" + change.text() + "' is neither a file, a folder nor a link");
        }
    }

    /** Gives folders their times, which making what is in them has changed. */
    void finish() throws IOException {
        for (var folder : folders.reversed()) {
            describe(from.resolve(folder), to.resolve(folder));
        }
    }

    private void copy(Path source, Path target, Map<String, Object> attributes) throws IOException {
        var first = (int) get(attributes, "nlink") > 1 ? copies.putIfAbsent(get(attributes, "ino"), target) : null;
        if (first != null) {
            Files.createLink(target, first);
            return;
        }
        FileCopies.copy(source, target);
        describe(source, target);
    }

    private static void describe(Path source, Path target) throws IOException {
        own(source, target);
        Files.setAttribute(target, "unix:mode", (int) Files.getAttribute(source, "unix:mode") & MODE);
        var wanted = Files.getFileAttributeView(source, UserDefinedFileAttributeView.class);
        var given = Files.getFileAttributeView(target, UserDefinedFileAttributeView.class);
        for (var name : wanted.list()) {
            var value = ByteBuffer.allocate(wanted.size(name));
            wanted.read(name, value);
            given.write(name, value.flip());
        }
        Files.setLastModifiedTime(target, (FileTime) Files.getAttribute(source, "lastModifiedTime"));
    }

    private static Object get(Map<String, Object> attributes, String name) {
        return Objects.requireNonNull(attributes.get(name));
    }

    /** Before the mode: a change of owner takes set-uid bits away. */
    private static void own(Path source, Path target) throws IOException {
        for (var id : List.of("unix:uid", "unix:gid")) {
            Files.setAttribute(
                    target, id, Files.getAttribute(source, id, LinkOption.NOFOLLOW_LINKS), LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static void delete(Path top) throws IOException {
        try (var all = Files.walk(top)) {
            for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (NoSuchFileException e) {
            // It went with its folder.
            return;
        }
    }
}
