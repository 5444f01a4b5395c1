package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.RemoteSandbox;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code caisson cp}, both ways. */
@Tag("root")
class CopyTest {
    private static Caisson caisson;
    private static ApiClient api;
    private static RemoteSandbox sandbox;
    private static String id;

    @TempDir
    private Path folder;

    @BeforeAll
    static void up() {
        caisson = Caisson.up();
        api = caisson.api();
        sandbox = api.create("base", Optional.of(Duration.ofMinutes(30)), Map.of());
        id = sandbox.id();
    }

    @AfterAll
    static void down() {
        api.close();
        caisson.close();
    }

    @Test
    void aFolderGoesInAndComesBackTheSame() throws Exception {
        var project = Files.createDirectories(folder.resolve("my project ä"));
        write(project.resolve("-rf"), "dash", "rw-r--r--");
        write(project.resolve("with: colon\nand line"), "odd", "rw-r--r--");
        write(Files.createDirectories(project.resolve("bin")).resolve("run"), "#!/bin/sh\necho ran\n", "rwxr-xr-x");
        write(Files.createDirectories(project.resolve("empty/private")).resolve("key"), "s", "rw-------");
        Files.setPosixFilePermissions(project.resolve("empty/private"), PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(project.resolve("link"), Path.of("bin/run"));
        Files.createSymbolicLink(project.resolve("nowhere"), Path.of("/no/such"));

        caisson.cli("cp", project.toString(), id + ":").expectSuccess();
        assertThat(sh("cd 'my project ä' && ./link && stat -c '%a %U %n' bin bin/run empty/private/key && readlink nowhere"))
                .isEqualTo("ran\n755 user bin\n755 user bin/run\n600 user empty/private/key\n/no/such\n");

        caisson.cli("cp", id + ":my project ä", folder.resolve("back").toString()).expectSuccess();
        assertThat(listing(folder.resolve("back"))).isEqualTo(listing(project));
    }

    @Test
    void aFolderThatIsThereTakesTheCopyAndItsContentsCanBeMeant() throws Exception {
        var from = Files.createDirectories(folder.resolve("from"));
        Files.writeString(from.resolve("file"), "1");
        sh("mkdir -p into");
        caisson.cli("cp", from.toString(), id + ":into").expectSuccess();
        caisson.cli("cp", from + "/.", id + ":into").expectSuccess();
        caisson.cli("cp", from.resolve("file").toString(), id + ":into/renamed").expectSuccess();
        assertThat(sh("cd into && find . -type f | sort")).isEqualTo("./file\n./from/file\n./renamed\n");
        caisson.cli("cp", id + ":into/renamed", folder.toString()).expectSuccess();
        assertThat(folder.resolve("renamed")).hasContent("1");
    }

    /** In a program with 256 MB of memory. */
    @Test
    void aFileLargerThanMemoryIsStreamed() throws Exception {
        var large = folder.resolve("large");
        try (var file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(300 << 20);
            file.seek(299 << 20);
            file.writeBytes("the end");
        }
        caisson.cli("cp", large.toString(), id + ":/tmp/large").expectSuccess();
        assertThat(caisson.shell("caisson cp " + id + ":/tmp/large - | cmp - " + large + " && echo same").output()).isEqualTo("same\n");
        sh("rm /tmp/large");
    }

    @Test
    void standardInputAndOutputAreFiles() {
        caisson.cliWithInput("from a pipe", "cp", "-", id + ":-piped").expectSuccess();
        assertThat(caisson.cli("cp", id + ":-piped", "-").expectSuccess().output().strip()).isEqualTo("from a pipe");
        assertThat(caisson.cli("cp", id + ":/proc/sys/kernel/ostype", "-").expectSuccess().output()).isEqualTo("Linux\n");
    }

    @Test
    void theOwnerCanBeChosen() throws Exception {
        Files.writeString(folder.resolve("file"), "x");
        caisson.cli("cp", "-u", "root", folder.resolve("file").toString(), id + ":owned").expectSuccess();
        assertThat(sh("sudo stat -c %U /root/owned")).isEqualTo("root\n");
    }

    @Test
    void aReaderThatLeavesEndsTheCopy() {
        sh("head -c 50000000 /dev/zero > /tmp/long");
        var result = caisson.shell("set -o pipefail; caisson cp " + id + ":/tmp/long - | head -c 3 | wc -c");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output().strip()).isEqualTo("3");
        assertThat(result.errors()).contains("Broken pipe");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 | missing            | ID:x              | there is no missing
            1 | ID:missing         | .                 | there is no missing in the sandbox ID
            1 | /etc/hostname      | ID:new-folder/    | there is no folder new-folder/ in the sandbox ID
            1 | /etc/apt           | ID:/etc/hostname  | /etc/hostname in the sandbox is a file
            1 | ID:/etc/apt        | /etc/hostname     | could not write /etc/hostname
            1 | ID:/etc/apt        | -                 | /etc/apt is a folder
            1 | -                  | ID:/etc           | /etc is a folder in the sandbox
            1 | ID:/dev/null       | .                 | /dev/null is no file
            1 | ID:/etc/hostname   | /sys/not-here     | /sys/not-here
            1 | /etc/hostname      | iunknownsandbox00001:x | iunknownsandbox00001
            1 | /etc/hostname      | ID:/etc/hostname/x | /etc/hostname
            2 | /etc/hostname      | /tmp/other        | neither '/etc/hostname' nor '/tmp/other' is in a sandbox
            2 | ID:a               | ID:b              | both places are in sandboxes
            2 | ID:a               |                   | TO
            """)
    void whatCannotBeCopiedIsSaid(int exitCode, String from, String to, String message) {
        var result = to == null ? caisson.cli("cp", of(from)) : caisson.cli("cp", of(from), of(to));
        assertThat(result.exitCode()).as(result.errors()).isEqualTo(exitCode);
        assertThat(result.errors()).contains(of(message));
    }

    @Test
    void whatIsNoFileStaysBehindAndIsNamed() throws Exception {
        sh("mkdir -p special && mkfifo special/pipe && echo kept > special/file");
        var result = caisson.cli("cp", id + ":special", folder.toString());
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.errors()).contains("special/pipe");
        assertThat(folder.resolve("special/file")).hasContent("kept\n");
    }

    /** A link in the target that the sandbox put there with an earlier copy must not lead a later one outside. */
    @Test
    void linksFromTheSandboxAreNotFollowed() throws Exception {
        var outside = Files.createDirectories(folder.resolve("outside"));
        sh("mkdir -p trap && ln -sfn " + outside + " trap/door");
        caisson.cli("cp", id + ":trap", folder.toString()).expectSuccess();
        sh("rm trap/door && mkdir trap/door && echo caught > trap/door/file");
        assertThat(caisson.cli("cp", id + ":trap", folder.toString()).exitCode()).isEqualTo(1);
        assertThat(outside).isEmptyDirectory();
    }

    private static String of(String text) {
        return text.replace("ID", id);
    }

    private static String sh(String script) {
        var result = Commands.sh(sandbox, "cd /home/user; " + script);
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }

    private static void write(Path file, String content, String permissions) throws IOException {
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    /** Names, kinds, permissions and contents. */
    private static String listing(Path root) {
        return dev.caisson.linux.Command.of(Path.of("/bin/sh"), java.util.List.of(
                        "-c", "cd \"$1\" && find . -mindepth 1 -printf '%P %y %m %l\\n' | sort && find . -type f -exec cat {} + | sort", "sh", root.toString()))
                .run()
                .output();
    }
}
