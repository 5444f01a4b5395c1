package dev.caisson.app.copy;

import dev.caisson.app.client.ClientException;
import dev.caisson.app.client.RemoteFile;
import dev.caisson.app.client.RemoteFiles;
import dev.caisson.app.client.RemoteSandbox;
import dev.caisson.base.Category;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes files of this machine into a sandbox. Used by one thread. */
public final class Upload {
    /** What envd gives new files and folders. */
    private static final int USUAL_FILE = 0644;

    private static final int USUAL_FOLDER = 0755;
    private static final int PERMISSIONS = 0777;
    private final RemoteSandbox sandbox;
    private final RemoteFiles files;
    private final SandboxTools tools;
    private final Map<Integer, List<String>> modes = new LinkedHashMap<>();
    private final List<String> skipped = new ArrayList<>();

    /** @param user who owns what arrives; empty for the template's user */
    public Upload(RemoteSandbox sandbox, Optional<String> user) {
        this.sandbox = sandbox;
        this.files = sandbox.files(user);
        this.tools = new SandboxTools(sandbox, user);
    }

    /** Writes one file with what comes. */
    public void stream(InputStream content, String target) {
        if (files.find(target).filter(RemoteFile::isFolder).isPresent() || target.endsWith("/")) {
            throw new ClientException(
                    Category.INVALID, target + " is a folder in the sandbox; give the name of the file that standard input becomes");
        }
        files.write(target, BodyPublishers.ofInputStream(() -> content));
    }

    /**
     * Copies a file or a folder with all that is below it.
     *
     * @param isContents whether a folder's contents are meant, not the folder
     * @return what is neither file, folder nor link and stays behind
     */
    public List<String> copy(Path source, boolean isContents, String target) {
        try {
            var real = source.toRealPath();
            var name = source.toAbsolutePath().normalize().getFileName();
            if (Files.isDirectory(real)) {
                copyFolder(real, folderFor(isContents || name == null ? "" : name.toString(), target));
            } else {
                copyFile(real, fileFor(String.valueOf(name), target), Files.readAttributes(real, BasicFileAttributes.class));
            }
            modes.forEach(tools::setMode);
        } catch (IOException e) {
            throw LocalFailure.of("read", source, e);
        }
        return List.copyOf(skipped);
    }

    private String folderFor(String name, String target) {
        var there = files.find(target);
        if (there.isPresent() && !there.get().isFolder()) {
            throw new ClientException(Category.CONFLICT, target + " in the sandbox is a file; a folder cannot take its place");
        }
        return there.isPresent() && !name.isEmpty() ? SandboxPaths.below(target, name) : target;
    }

    private String fileFor(String name, String target) {
        var there = files.find(target);
        if (there.filter(RemoteFile::isFolder).isPresent()) {
            return SandboxPaths.below(target, name);
        }
        if (target.endsWith("/")) {
            throw new ClientException(
                    Category.NOT_FOUND, "there is no folder " + target + " in the sandbox " + sandbox.id() + "; without the last / it becomes a file");
        }
        return target;
    }

    private void copyFolder(Path source, String target) throws IOException {
        try (var transfers = new InParallel()) {
            Files.walkFileTree(source, new Visitor(source, target, transfers));
            transfers.join();
        }
    }

    private void copyFile(Path source, String target, BasicFileAttributes attributes) throws IOException {
        if (!attributes.isRegularFile()) {
            skipped.add(source.toString());
            return;
        }
        files.write(target, content(source));
        keepMode(source, target, USUAL_FILE);
    }

    private static BodyPublisher content(Path source) throws IOException {
        if (!Files.isReadable(source)) {
            throw new AccessDeniedException(source.toString());
        }
        return BodyPublishers.ofFile(source);
    }

    private void keepMode(Path source, String target, int usual) throws IOException {
        var mode = (int) Files.getAttribute(source, "unix:mode") & PERMISSIONS;
        if (mode != usual) {
            modes.computeIfAbsent(mode, _ -> new ArrayList<>()).add(target);
        }
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        private final Path root;
        private final String target;
        private final InParallel transfers;

        Visitor(Path root, String target, InParallel transfers) {
            this.root = root;
            this.target = target;
            this.transfers = transfers;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            var there = there(folder);
            files.makeFolder(there);
            keepMode(folder, there, USUAL_FOLDER);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (attributes.isSymbolicLink()) {
                tools.link(Files.readSymbolicLink(file).toString(), there(file));
            } else if (attributes.isRegularFile()) {
                var content = content(file);
                transfers.add(() -> files.write(there(file), content));
                keepMode(file, there(file), USUAL_FILE);
            } else {
                skipped.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
        }

        private String there(Path file) {
            var relative = root.relativize(file).toString();
            return relative.isEmpty() ? target : SandboxPaths.below(target, relative);
        }
    }
}
