package dev.caisson.image;

import dev.caisson.base.Category;
import dev.caisson.linux.Command;
import dev.caisson.linux.LinuxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Layers as {@code <sha256>.erofs} in one folder, packed by {@code mkfs.erofs}: not compressed, so that the page cache holds
 * file data once and reading costs nothing, and with data outside the inodes, as gVisor needs it.
 */
public final class FileLayerStore implements LayerStore {
    private static final String SUFFIX = ".erofs";
    /** Any fixed value does: the file's name is its identity. */
    private static final String IMAGE_UUID = "00000000-0000-4000-8000-000000000000";

    private final Path folder;

    /** A store in {@code folder}, which is made when the first layer is packed. */
    public FileLayerStore(Path folder) {
        this.folder = folder.toAbsolutePath();
    }

    @Override
    public Optional<Path> find(ContentHash layer) {
        return Optional.of(file(layer)).filter(Files::isRegularFile);
    }

    @Override
    public ContentHash pack(Path tree, Progress progress) {
        if (!Files.isDirectory(tree)) {
            throw new ImageException(Category.INVALID, "could not pack " + tree + ": it is not a folder");
        }
        var aside = AtomicFile.aside(folder);
        try (var steady = SteadyProgress.over(progress)) {
            Folders.create(folder);
            steady.report("packing the layer");
            makeImage(tree, aside);
            var hash = hashOf(aside);
            Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("r--r--r--"));
            AtomicFile.settle(folder, aside, nameOf(hash));
            return hash;
        } catch (IOException | LinuxException e) {
            throw new ImageException(Category.INTERNAL, "could not pack " + tree + " into a layer: " + e.getMessage(), e);
        } finally {
            Folders.deleteQuietly(aside);
        }
    }

    @Override
    public Set<ContentHash> retain(Set<ContentHash> kept) {
        var removed = new HashSet<ContentHash>();
        try (var entries = Files.newDirectoryStream(folder)) {
            for (var file : entries) {
                var layer = layerOf(file);
                if (layer.isPresent() && !kept.contains(layer.get())) {
                    Files.deleteIfExists(file);
                    removed.add(layer.get());
                } else if (AtomicFile.isAbandoned(file)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            return Set.of();
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL, "could not remove unused layers from " + folder + ": " + e.getMessage(), e);
        }
        return removed;
    }

    private Path file(ContentHash layer) {
        return folder.resolve(nameOf(layer));
    }

    private static String nameOf(ContentHash layer) {
        return layer.hex() + SUFFIX;
    }

    private static Optional<ContentHash> layerOf(Path file) {
        var name = file.getFileName().toString();
        return name.matches("[0-9a-f]{64}\\.erofs")
                ? Optional.of(new ContentHash(name.substring(0, 64)))
                : Optional.empty();
    }

    /**
     * The image's own time is that of the youngest file, so that it is a function of the tree and all files keep theirs
     * (Python compares its compiled files with the times of their sources).
     */
    private static void makeImage(Path tree, Path image) throws IOException {
        Command.ofSystem("mkfs.erofs", "--quiet", "-E", "noinline_data", "-U", IMAGE_UUID, image.toString(), tree.toString())
                .withEnvironment(Map.of("SOURCE_DATE_EPOCH", Long.toString(youngest(tree))))
                .withDeadline(Duration.ofMinutes(15))
                .run();
    }

    private static long youngest(Path tree) throws IOException {
        try (var files = Files.walk(tree)) {
            var latest = 0L;
            for (var iterator = files.iterator(); iterator.hasNext(); ) {
                var time = Files.getLastModifiedTime(iterator.next(), LinkOption.NOFOLLOW_LINKS);
                // Rounded up: the image keeps nanoseconds, and no file may count as younger than the image.
                latest = Math.max(latest, Math.ceilDiv(time.to(TimeUnit.NANOSECONDS), 1_000_000_000L));
            }
            return latest;
        }
    }

    static ContentHash hashOf(Path file) throws IOException {
        try (var in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            drain(in);
            return new ContentHash(HexFormat.of().formatHex(in.getMessageDigest().digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void drain(InputStream in) throws IOException {
        var buffer = new byte[1 << 20];
        while (in.read(buffer) >= 0) {
            // Reading is all: the digest sees every byte.
        }
    }
}
