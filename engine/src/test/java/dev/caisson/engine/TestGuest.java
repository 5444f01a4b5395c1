package dev.caisson.engine;

import dev.caisson.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Layers and disks for sandboxes whose only program is {@code responder.c}. */
record TestGuest(Path folder, List<Path> layers) {
    private static final String PROGRAM = "/responder";

    /** Compiles the program and packs two layers: the program, and the folders that a root file system has. */
    static TestGuest in(Path folder) throws IOException {
        var source = folder.resolve("responder.c");
        try (var resource = TestGuest.class.getResourceAsStream("/responder.c")) {
            Files.copy(java.util.Objects.requireNonNull(resource, "responder.c"), source);
        }
        var top = Files.createDirectory(folder.resolve("top"));
        var bottom = Files.createDirectory(folder.resolve("bottom"));
        Command.ofSystem("gcc", "-static", "-O2", "-Wall", "-Werror", "-o", top.resolve("responder").toString(), source.toString()).run();
        for (var name : List.of("proc", "sys", "dev", "tmp", "etc")) {
            Files.createDirectory(bottom.resolve(name));
        }
        Files.writeString(bottom.resolve("etc/release"), "bottom\n");
        Files.writeString(Files.createDirectories(bottom.resolve("usr/share")).resolve("words"), "words\n");
        return new TestGuest(folder, List.of(pack(top), pack(bottom)));
    }

    List<String> arguments() {
        return List.of(PROGRAM);
    }

    Path disk(Path disk, long bytes) {
        Command.ofSystem("truncate", "-s", Long.toString(bytes), disk.toString()).run();
        Command.ofSystem("mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^has_journal", "-E", "lazy_itable_init=1", disk.toString()).run();
        return disk;
    }

    private static Path pack(Path tree) {
        var image = tree.resolveSibling(tree.getFileName() + ".erofs");
        Command.ofSystem("mkfs.erofs", "-E", "noinline_data", image.toString(), tree.toString()).run();
        return image;
    }
}
