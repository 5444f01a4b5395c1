package dev.caisson.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds what differs between two trees that nobody changes: what is there, its type, mode, owner, content or the target of
 * a link. Times and extended attributes do not count, and neither does how often a file is linked. Links are not followed.
 *
 * <p>A file's content is read only if its size is the same and its time or the time of its inode, which no guest can set, is not.
 */
final class TreeComparison {
    private static final int TYPE = 0170000;
    private static final int FOLDER = 0040000;
    private static final int FILE = 0100000;
    private static final int LINK = 0120000;

    /** Consumers of differences may read and write files. */
    interface Found {
        void accept(TreeChange change) throws IOException;
    }

    private final Measure measure;
    private final Found each;

    /** What counts as a difference. */
    enum Measure {
        /** What a guest would call one. */
        CONTENT,
        /** Every trace of a change, times included; no content is read. */
        TRACES
    }

    /** @param each is given the differences, a folder's own before those in it, names in the order of their bytes */
    TreeComparison(Measure measure, Found each) {
        this.measure = measure;
        this.each = each;
    }

    /** One tree's share of a comparison: an entry that exists there. */
    private record Entry(Path path, Map<String, Object> attributes) {
        static Entry of(Path path) throws IOException {
            return new Entry(path, Files.readAttributes(
                    path, "unix:mode,uid,gid,size,rdev,ctime,lastModifiedTime", LinkOption.NOFOLLOW_LINKS));
        }

        int type() {
            return (int) get("mode") & TYPE;
        }

        private Object get(String name) {
            return Objects.requireNonNull(attributes.get(name));
        }

        boolean isLike(Entry other, String... names) {
            for (var name : names) {
                if (!get(name).equals(other.get(name))) {
                    return false;
                }
            }
            return true;
        }

        Map<Path, Entry> children() throws IOException {
            var found = new TreeMap<Path, Entry>();
            if (type() == FOLDER) {
                try (var paths = Files.newDirectoryStream(path)) {
                    for (var child : paths) {
                        found.put(child.getFileName(), of(child));
                    }
                }
            }
            return found;
        }
    }

    void compare(Path before, Path after) throws IOException {
        var nowhere = Path.of("");
        var old = Entry.of(before);
        var now = Entry.of(after);
        compareChildren(nowhere, old.children(), now.children());
    }

    private void compareChildren(Path inside, Map<Path, Entry> before, Map<Path, Entry> after) throws IOException {
        var names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        for (var name : names) {
            var old = Optional.ofNullable(before.get(name));
            var now = Optional.ofNullable(after.get(name));
            var path = inside.resolve(name);
            var kind = kind(old, now);
            if (kind.isPresent()) {
                each.accept(new TreeChange(kind.get(), path));
            }
            compareChildren(path, children(old), children(now));
        }
    }

    private static Map<Path, Entry> children(Optional<Entry> entry) throws IOException {
        return entry.isPresent() ? entry.get().children() : Map.of();
    }

    private Optional<TreeChange.Kind> kind(Optional<Entry> old, Optional<Entry> now) throws IOException {
        if (old.isEmpty()) {
            return Optional.of(TreeChange.Kind.ADDED);
        }
        if (now.isEmpty()) {
            return Optional.of(TreeChange.Kind.REMOVED);
        }
        return differ(old.get(), now.get()) ? Optional.of(TreeChange.Kind.CHANGED) : Optional.empty();
    }

    private boolean differ(Entry old, Entry now) throws IOException {
        if (!old.isLike(now, "mode", "uid", "gid")) {
            return true;
        }
        if (measure == Measure.TRACES) {
            return !old.isLike(now, "size", "ctime", "lastModifiedTime");
        }
        return switch (now.type()) {
            case FOLDER -> false;
            case FILE -> !old.isLike(now, "size")
                    || !old.isLike(now, "ctime", "lastModifiedTime") && Files.mismatch(old.path(), now.path()) >= 0;
            case LINK -> !Files.readSymbolicLink(old.path()).equals(Files.readSymbolicLink(now.path()));
            // Devices, pipes and sockets.
            default -> !old.isLike(now, "rdev");
        };
    }
}
