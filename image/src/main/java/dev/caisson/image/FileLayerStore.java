package dev.caisson.image;

import dev.caisson.base.Category;
import dev.caisson.linux.Command;
import dev.caisson.linux.FileCopies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The store on disk: {@code <folder>/<sha256>.erofs}. A name that is there is complete: files are flushed before they get it. */
public final class FileLayerStore implements LayerStore {
    private static final Pattern LAYER = Pattern.compile("([0-9a-f]{64})\\.erofs");
    private static final Duration PACK_DEADLINE = Duration.ofMinutes(10);
    /** Any fixed one will do: the same tree must give the same bytes. */
    private static final String IMAGE_UUID = "ca155000-0000-4000-8000-000000000000";

    private final Path folder;

    /** @param folder made if it is missing; nothing else writes to it */
    public FileLayerStore(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL, "could not make the folder for layers: " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<Path> find(ContentHash layer) {
        return Optional.of(path(layer)).filter(Files::isRegularFile);
    }

    /** Uncompressed and with data outside of inodes, which is what maps best (shared/notes on gVisor, "Config snippets"). */
    @Override
    public ContentHash pack(Path tree, Progress progress) {
        var aside = aside();
        try {
            progress.report("packing " + tree.getFileName());
            Command.ofSystem("mkfs.erofs", "-E", "noinline_data", "-U", IMAGE_UUID, "-T", "0", aside.toString(), tree.toString())
                    .withDeadline(PACK_DEADLINE)
                    .run();
            progress.report("checksumming " + tree.getFileName());
            FileCopies.sync(aside);
            var hash = hash(aside);
            Files.move(aside, path(hash), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            FileCopies.sync(folder);
            return hash;
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL, "could not keep the layer packed from " + tree + ": " + e.getMessage(), e);
        } finally {
            discard(aside);
        }
    }

    @Override
    public Set<ContentHash> retain(Set<ContentHash> kept) {
        var removed = new TreeSet<ContentHash>(java.util.Comparator.comparing(ContentHash::hex));
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                var layer = LAYER.matcher(file.getFileName().toString());
                if (!layer.matches()) {
                    Files.deleteIfExists(file);
                } else if (!kept.contains(new ContentHash(layer.group(1)))) {
                    Files.deleteIfExists(file);
                    removed.add(new ContentHash(layer.group(1)));
                }
            }
            return removed;
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL, "could not remove unused layers: " + e.getMessage(), e);
        }
    }

    private Path path(ContentHash layer) {
        return folder.resolve(layer.hex() + ".erofs");
    }

    private Path aside() {
        return folder.resolve("new-" + java.util.UUID.randomUUID());
    }

    private static void discard(Path aside) {
        try {
            Files.deleteIfExists(aside);
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL, "could not remove the half-made layer " + aside + ": " + e.getMessage(), e);
        }
    }

    private static ContentHash hash(Path file) throws IOException {
        try (InputStream bytes = Files.newInputStream(file);
                var digest = new DigestOutputStream(java.io.OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"))) {
            bytes.transferTo(digest);
            return new ContentHash(HexFormat.of().formatHex(digest.getMessageDigest().digest()));
        } catch (GeneralSecurityException e) {
            throw new ImageException(Category.INTERNAL, "SHA-256 is missing from this JDK", e);
        }
    }
}
