package dev.caisson.app.server;

import dev.caisson.base.Category;
import dev.caisson.linux.FileCopies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * The built program: a folder with {@code lib/*.jar}, {@code guest-agent}, {@code runsc/} (sources) and {@code revision}.
 *
 * @param folder where it lies
 */
public record Program(Path folder) {
    private static final String VERSION = "0.1.0";
    /** The server's memory: 100 sandboxes stay below 300 MB resident with it (docs/performance.md). */
    private static final List<String> SERVER_FLAGS = List.of(
            "-XX:+UseSerialGC", "-Xms16m", "-Xmx192m", "-Xss512k", "-XX:ReservedCodeCacheSize=64m", "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED");

    /** The one this process runs from, as the launcher said. */
    public static Program current() {
        var folder = System.getProperty("caisson.dist");
        if (folder == null) {
            throw new AppException(Category.INTERNAL, "start Caisson with its launcher, ./caisson: caisson.dist is not set");
        }
        return new Program(Path.of(folder));
    }

    /** Version and revision: {@code 0.1.0 (3f2a1bc)}. */
    public String version() {
        try {
            return VERSION + " (" + Files.readString(folder.resolve("revision")).strip() + ")";
        } catch (IOException e) {
            return VERSION;
        }
    }

    public Path guestAgent() {
        return folder.resolve("guest-agent");
    }

    /** Sources and build script of the engine's binaries. */
    public Path engineSources() {
        return folder.resolve("runsc");
    }

    /**
     * Copies the program below the data folder, so that the server does not depend on where it was built. One that is there
     * already is used as it is; others stay, for servers that still run from them.
     */
    public Program install(Path data) {
        var target = data.resolve("program").resolve(hash());
        if (!Files.exists(target)) {
            try {
                var aside = Files.createDirectories(target.resolveSibling(target.getFileName() + ".new"));
                copy(folder, aside);
                FileCopies.sync(aside);
                Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new AppException(Category.INTERNAL, "could not install the program to " + target + ": " + e.getMessage(), e);
            }
        }
        return new Program(target);
    }

    /** The command line of the server that runs from this program. */
    public List<String> serverCommand(Path data) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new java.util.ArrayList<String>();
        command.add(java);
        command.addAll(SERVER_FLAGS);
        command.addAll(List.of(
                "-Dcaisson.dist=" + folder, "-Dcaisson.logs=" + data.resolve("logs"),
                "-Dlogback.configurationFile=server-logback.xml", "-cp", folder.resolve("lib") + "/*", "dev.caisson.app.Main", "serve", "--data", data.toString()));
        return command;
    }

    private String hash() {
        try (var files = Files.walk(folder)) {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var file : files.filter(Files::isRegularFile).filter(f -> !f.toString().endsWith(".jsa")).sorted().toList()) {
                digest.update(folder.relativize(file).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (IOException | UncheckedIOException | GeneralSecurityException e) {
            throw new AppException(Category.INTERNAL, "could not read the program at " + folder + ": " + e.getMessage(), e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(folder).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.toString().endsWith(".jsa")) {
                    var copy = to.resolve(from.relativize(file).toString());
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
                    FileCopies.sync(copy);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
