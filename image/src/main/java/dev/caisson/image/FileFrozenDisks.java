package dev.caisson.image;

import dev.caisson.base.Category;
import dev.caisson.linux.FileCopies;
import dev.caisson.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** Frozen disks as {@code <uuid>.img} in one folder, on the file system where sandboxes have theirs. */
public final class FileFrozenDisks implements FrozenDisks {
    private static final String SUFFIX = ".img";
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.img");

    private final Path folder;

    /** @param folder {@code <data>/frozen}; made when the first disk is kept */
    public FileFrozenDisks(Path folder) {
        this.folder = folder.toAbsolutePath();
    }

    @Override
    public Optional<Path> find(LayerName.Frozen name) {
        return Optional.of(file(name)).filter(Files::isRegularFile);
    }

    @Override
    public Draft draft(Path disk) {
        var aside = AtomicFile.aside(folder);
        try {
            Folders.create(folder);
            FileCopies.copy(disk, aside);
            return new Copy(aside);
        } catch (IOException | LinuxException e) {
            throw failed("copy a disk", e);
        }
    }

    @Override
    public LayerName.Frozen take(Path disk) {
        var name = new LayerName.Frozen(UUID.randomUUID());
        try {
            Folders.create(folder);
            settle(disk, name);
            FileCopies.sync(Objects.requireNonNull(disk.toAbsolutePath().getParent()));
            return name;
        } catch (IOException | LinuxException e) {
            throw failed("keep a disk", e);
        }
    }

    @Override
    public void thaw(LayerName.Frozen name, Path target) {
        try {
            FileCopies.copy(kept(name), target);
        } catch (LinuxException e) {
            throw failed("copy the frozen disk " + name.id(), e);
        }
    }

    @Override
    public long bytes(LayerName.Frozen name) {
        try {
            return FileCopies.dataBytes(kept(name));
        } catch (LinuxException e) {
            throw failed("measure the frozen disk " + name.id(), e);
        }
    }

    @Override
    public Set<LayerName.Frozen> retain(Set<LayerName.Frozen> kept) {
        var removed = new HashSet<LayerName.Frozen>();
        try (var entries = Files.newDirectoryStream(folder)) {
            for (var file : entries) {
                var name = nameOf(file);
                if (name.isPresent() && !kept.contains(name.get())) {
                    Files.deleteIfExists(file);
                    removed.add(name.get());
                } else if (AtomicFile.isAbandoned(file)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            return Set.of();
        } catch (IOException e) {
            throw failed("remove frozen disks that nothing needs", e);
        }
        return removed;
    }

    /** A copy written aside. */
    private final class Copy implements Draft {
        private final LayerName.Frozen name = new LayerName.Frozen(UUID.randomUUID());
        private final Path aside;

        private Copy(Path aside) {
            this.aside = aside;
        }

        @Override
        public LayerName.Frozen name() {
            return name;
        }

        @Override
        public LayerName.Frozen keep() {
            try {
                settle(aside, name);
                return name;
            } catch (IOException | LinuxException e) {
                throw failed("keep a copy of a disk", e);
            }
        }

        @Override
        public void close() {
            Folders.deleteQuietly(aside);
        }
    }

    private void settle(Path image, LayerName.Frozen name) throws IOException {
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("r--------"));
        AtomicFile.settle(folder, image, name.id() + SUFFIX);
    }

    private Path kept(LayerName.Frozen name) {
        return find(name).orElseThrow(() -> new ImageException(Category.NOT_FOUND, "there is no frozen disk " + name.id()));
    }

    private Path file(LayerName.Frozen name) {
        return folder.resolve(name.id() + SUFFIX);
    }

    private static Optional<LayerName.Frozen> nameOf(Path file) {
        var name = file.getFileName().toString();
        return NAME.matcher(name).matches()
                ? Optional.of(new LayerName.Frozen(UUID.fromString(name.substring(0, name.length() - SUFFIX.length()))))
                : Optional.empty();
    }

    private static ImageException failed(String attempt, Exception e) {
        var category = e instanceof LinuxException linux ? linux.category() : Category.INTERNAL;
        return new ImageException(category, "could not " + attempt + ": " + e.getMessage(), e);
    }
}
