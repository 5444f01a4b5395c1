package dev.caisson.app.copy;

import dev.caisson.app.client.ClientException;
import dev.caisson.app.client.RemoteFile;
import dev.caisson.app.client.RemoteFiles;
import dev.caisson.app.client.RemoteSandbox;
import dev.caisson.base.Category;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings files of a sandbox to this machine. What the sandbox answers is not trusted: names stay in their folder, links are made
 * last and never followed. Used by one thread.
 */
public final class Download {
    /** Without these the owner could not put anything into a folder. */
    private static final int OWNER = 0700;

    private final RemoteSandbox sandbox;
    private final RemoteFiles files;
    private final SandboxTools tools;
    private final Map<Path, Path> links = new LinkedHashMap<>();
    private final List<String> skipped = new ArrayList<>();

    /** @param user whose home relative paths begin in; empty for the template's user */
    public Download(RemoteSandbox sandbox, Optional<String> user) {
        this.sandbox = sandbox;
        this.files = sandbox.files(user);
        this.tools = new SandboxTools(sandbox, user);
    }

    /** Hands one file's content over as it comes. */
    public void stream(String source, OutputStream target) {
        if (find(source).isFolder()) {
            throw new ClientException(
                    Category.INVALID,
                    source + " is a folder; only a file can go to standard output (caisson exec " + sandbox.id() + " tar -c " + source + ")");
        }
        try (var content = files.read(source)) {
            content.transferTo(target);
        } catch (IOException e) {
            throw new ClientException(Category.INTERNAL, "copying to standard output broke off: " + e.getMessage(), e);
        }
    }

    /**
     * Copies a file or a folder with all that is below it.
     *
     * @return what is neither file, folder nor a link that can be made here, and stays behind
     */
    public List<String> copy(String source, Path target) {
        var file = find(source);
        var name = SandboxPaths.name(source);
        try {
            if (file.isFolder()) {
                var folder = Files.isDirectory(target) && !name.isEmpty() ? target.resolve(name) : target;
                copyFolder(source, file.mode(), folder);
                for (var link : links.entrySet()) {
                    makeLink(link.getKey(), link.getValue());
                }
            } else {
                if (file.kind() == RemoteFile.Kind.OTHER) {
                    throw new ClientException(Category.INVALID, source + " is no file but a device, a pipe or a link that leads nowhere");
                }
                copyFile(source, file.mode(), Files.isDirectory(target) ? target.resolve(name) : target);
            }
        } catch (IOException e) {
            throw LocalFailure.of("write", target, e);
        }
        return List.copyOf(skipped);
    }

    private RemoteFile find(String source) {
        return files.find(source).orElseThrow(() -> new ClientException(
                Category.NOT_FOUND, "there is no " + source + " in the sandbox " + sandbox.id()));
    }

    private void copyFolder(String source, int mode, Path target) throws IOException {
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(target, permissions(mode | OWNER));
        }
        var seen = new HashSet<String>();
        for (var entry : files.list(source)) {
            var name = entry.name();
            var path = SandboxPaths.below(source, name);
            if (!SandboxPaths.isName(name) || SandboxPaths.here(name).isEmpty() || !seen.add(name)) {
                skipped.add(path);
            } else if (entry.isLink()) {
                SandboxPaths.here(tools.linkTarget(path)).ifPresentOrElse(to -> links.put(target.resolve(name), to), () -> skipped.add(path));
            } else {
                switch (entry.kind()) {
                    case FOLDER -> copyFolder(path, entry.mode(), target.resolve(name));
                    case FILE -> copyFile(path, entry.mode(), target.resolve(name), LinkOption.NOFOLLOW_LINKS);
                    case OTHER -> skipped.add(path);
                }
            }
        }
    }

    private void copyFile(String source, int mode, Path target, OpenOption... more) throws IOException {
        var options = new HashSet<OpenOption>(Set.of(
                StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING));
        options.addAll(List.of(more));
        try (var content = files.read(source);
                var file = Channels.newOutputStream(Files.newByteChannel(target, options, permissions(mode)))) {
            content.transferTo(file);
        }
    }

    private static void makeLink(Path link, Path target) throws IOException {
        if (Files.isSymbolicLink(link)) {
            Files.delete(link);
        }
        Files.createSymbolicLink(link, target);
    }

    /** The low nine bits; the process's umask applies besides. */
    private static FileAttribute<Set<PosixFilePermission>> permissions(int mode) {
        var all = PosixFilePermission.values();
        var set = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < all.length; i++) {
            if ((mode & (0400 >> i)) != 0) {
                set.add(all[i]);
            }
        }
        return PosixFilePermissions.asFileAttribute(set);
    }
}
