package dev.caisson.guest.testing;

import dev.caisson.base.Category;
import dev.caisson.guest.Errno;
import dev.caisson.guest.FileEntry;
import dev.caisson.guest.FileEntry.FileType;
import dev.caisson.guest.FileRead;
import dev.caisson.guest.GuestException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Files and folders in a map. {@code /}, {@code /tmp}, {@code /root} and {@code /home/user} exist. Safe for use by many threads. */
public final class FakeFiles {
    private static final Set<String> USERS = Set.of("", "root", "user");
    private final TreeMap<String, Node> nodes = new TreeMap<>();

    private record Node(Optional<byte[]> content, Map<String, String> metadata, Instant modified) {
        static Node folder() {
            return new Node(Optional.empty(), Map.of(), Instant.now());
        }
    }

    FakeFiles() {
        List.of("/", "/tmp", "/root", "/home", "/home/user").forEach(path -> nodes.put(path, Node.folder()));
    }

    /** Puts a file, making the folders above it. */
    public synchronized void put(String path, String text) {
        put(path, Map.of(), text.getBytes(StandardCharsets.UTF_8));
    }

    /** What a file holds. */
    public synchronized String text(String path) {
        return new String(content(path), StandardCharsets.UTF_8);
    }

    public synchronized boolean exists(String path) {
        return nodes.containsKey(path);
    }

    static void checkUser(String user) {
        if (!USERS.contains(user)) {
            throw new GuestException(Category.UNAUTHENTICATED, "there is no user '" + user + "' in the guest");
        }
    }

    synchronized String requireFolder(String user, String path) {
        var resolved = resolve(user, path);
        if (node(resolved).content().isPresent()) {
            throw new GuestException(Category.INVALID, "'" + resolved + "' is not a folder", Errno.ENOTDIR, null);
        }
        return resolved;
    }

    synchronized FileEntry stat(String user, String path) {
        return entry(resolve(user, path));
    }

    synchronized List<FileEntry> list(String user, String path, int depth) {
        var folder = requireFolder(user, path);
        var prefix = folder.endsWith("/") ? folder : folder + "/";
        return nodes.keySet().stream()
                .filter(p -> p.startsWith(prefix) && p.length() > prefix.length())
                .filter(p -> p.substring(prefix.length()).chars().filter(c -> c == '/').count() < Math.max(1, depth))
                .map(this::entry)
                .toList();
    }

    synchronized FileEntry makeFolder(String user, String path) {
        var resolved = resolve(user, path);
        var existing = nodes.get(resolved);
        if (existing != null && existing.content().isPresent()) {
            throw new GuestException(Category.INVALID, "'" + resolved + "' is not a folder", Errno.ENOTDIR, null);
        }
        if (existing != null) {
            throw new GuestException(Category.CONFLICT, "'" + resolved + "' exists", Errno.EEXIST, null);
        }
        makeParents(resolved + "/");
        return entry(resolved);
    }

    synchronized FileEntry move(String user, String source, String destination) {
        var from = resolve(user, source);
        var to = resolve(user, destination);
        makeParents(to);
        node(from);
        var moved = new TreeMap<>(nodes.subMap(from, true, from + "0", false));
        moved.keySet().removeIf(path -> !path.equals(from) && !path.startsWith(from + "/"));
        nodes.keySet().removeAll(moved.keySet());
        moved.forEach((path, node) -> nodes.put(to + path.substring(from.length()), node));
        return entry(to);
    }

    synchronized void remove(String user, String path) {
        var resolved = resolve(user, path);
        nodes.keySet().removeIf(p -> p.equals(resolved) || p.startsWith(resolved + "/"));
    }

    synchronized FileRead read(String user, String path, long offset, long length) {
        var resolved = resolve(user, path);
        var bytes = content(resolved);
        var from = (int) Math.min(offset, bytes.length);
        var count = (int) (length < 0 ? bytes.length - from : Math.min(length, bytes.length - from));
        return new Open(entry(resolved), new ByteArrayInputStream(bytes, from, count));
    }

    /** Reads the content first, without holding up other calls. */
    FileEntry write(String user, String path, Map<String, String> metadata, InputStream content) {
        try {
            return put(resolve(user, path), metadata, content.readAllBytes());
        } catch (IOException e) {
            throw new GuestException(Category.INVALID, "the content of '" + path + "' could not be read", Errno.NONE, e);
        }
    }

    private synchronized FileEntry put(String path, Map<String, String> metadata, byte[] bytes) {
        var existing = nodes.get(path);
        if (existing != null && existing.content().isEmpty()) {
            throw new GuestException(Category.INVALID, "'" + path + "' is a folder", Errno.EISDIR, null);
        }
        makeParents(path);
        nodes.put(path, new Node(Optional.of(bytes), Map.copyOf(metadata), Instant.now()));
        return entry(path);
    }

    private void makeParents(String path) {
        for (var slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            var folder = path.substring(0, slash);
            if (nodes.computeIfAbsent(folder, missing -> Node.folder()).content().isPresent()) {
                throw new GuestException(Category.INTERNAL, "'" + folder + "' is not a folder", Errno.ENOTDIR, null);
            }
        }
    }

    private byte[] content(String path) {
        return node(path).content()
                .orElseThrow(() -> new GuestException(Category.INVALID, "'" + path + "' is a folder", Errno.EISDIR, null));
    }

    private Node node(String path) {
        return Optional.ofNullable(nodes.get(path))
                .orElseThrow(() -> new GuestException(Category.NOT_FOUND, "'" + path + "' does not exist", Errno.ENOENT, null));
    }

    private FileEntry entry(String path) {
        var node = node(path);
        var folder = node.content().isEmpty();
        return new FileEntry(
                path.substring(path.lastIndexOf('/') + 1),
                path,
                folder ? FileType.FOLDER : FileType.FILE,
                false,
                folder ? 0755 : 0644,
                folder ? 040755 : 0100644,
                node.content().map(bytes -> (long) bytes.length).orElse(4096L),
                "user",
                "user",
                node.modified(),
                Optional.empty(),
                node.metadata());
    }

    private static String resolve(String user, String path) {
        checkUser(user);
        var home = user.equals("root") ? "/root" : "/home/user";
        if (path.isEmpty() || path.equals("~")) {
            return home;
        }
        if (path.startsWith("~/")) {
            return home + path.substring(1);
        }
        if (path.startsWith("~")) {
            throw new GuestException(Category.INVALID, "the path '" + path + "' names another user's home");
        }
        return path.startsWith("/") ? path : home + "/" + path;
    }

    private record Open(FileEntry entry, InputStream content) implements FileRead {
        @Override
        public void close() {
            // Bytes in memory need no closing.
        }
    }
}
