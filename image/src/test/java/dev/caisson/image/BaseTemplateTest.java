package dev.caisson.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.linux.Command;
import dev.caisson.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Looks at the base template from outside, through a mount. Makes one, which takes a minute or two, unless the system
 * property {@code caisson.data.seed} names a data folder that has it.
 */
@Tag("root")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BaseTemplateTest {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private BaseTemplate maker;
    private TemplateBuild build;
    private Path root;
    private Path work;

    @BeforeAll
    void makeAndMount(@TempDir Path folder) throws IOException {
        var data = Path.of(System.getProperty("caisson.data.seed", folder.resolve("data").toString()));
        work = folder.resolve("work");
        var layers = new FileLayerStore(data.resolve("layers"));
        maker = new BaseTemplate(
                layers, new FileTemplateStore(data.resolve("templates")), System.getenv(),
                Optional.ofNullable(System.getenv("CAISSON_DEBIAN_MIRROR")));
        build = maker.ensure(work, lines::add);
        root = Files.createDirectory(folder.resolve("root"));
        Mounts.erofs(layers.find(build.layers().getFirst()).orElseThrow(), root);
    }

    @AfterAll
    void unmount() {
        Mounts.unmount(root);
    }

    /** Runs a command in the root as {@code user}, as the SDKs would, with the guest's environment. */
    private String inside(String script) {
        return Command.ofSystem(
                        "chroot", "--userspec=1000:1000", "--groups=1000,27", root.toString(), "/usr/bin/env", "-i", "HOME=/home/user",
                        "PATH=/usr/local/bin:/usr/bin:/bin", "/bin/bash", "-l", "-c", script)
                .run().output().strip();
    }

    @Test
    void itIsFoundAgainAndNotMadeTwice() {
        var again = new CopyOnWriteArrayList<String>();
        assertThat(maker.ensure(work, again::add)).isEqualTo(build);
        assertThat(again).isEmpty();
        assertThat(maker.find()).contains(build);
    }

    @Test
    void itsDefaultsAreThoseOfTheContract() {
        assertThat(build.names()).containsExactly("base");
        assertThat(build.user()).isEqualTo("user");
        assertThat(build.workdir()).isEqualTo("/home/user");
        assertThat(build.cpus()).isEqualTo(2);
        assertThat(build.memoryBytes()).isEqualTo(1024L << 20);
        assertThat(build.diskBytes()).isEqualTo(10L << 30);
        assertThat(build.timeout()).isEqualTo(Duration.ofSeconds(300));
    }

    @Test
    void everyListedPackageIsInstalled() {
        var installed = new HashSet<>(Command.ofSystem("chroot", root.toString(), "/usr/bin/dpkg-query", "-W", "-f=${Package}\\n")
                .run().output().lines().toList());
        assertThat(installed).containsAll(BaseRecipe.load().packages());
    }

    @Test
    void theToolsThatAgentsExpectRun() {
        var script = new ArrayList<String>();
        for (var tool : List.of("python", "python3", "pip", "node", "npm", "ruby", "gcc", "make", "git", "jq", "rg", "curl", "unzip")) {
            script.add(tool + " --version >/dev/null || " + tool + " -v >/dev/null || echo missing " + tool);
        }
        script.add("python -c 'import venv, ssl, sqlite3, ensurepip'");
        script.add("TERM=xterm tput cols >/dev/null || echo missing tput");
        script.add("test -x /usr/lib/git-core/git-daemon || echo missing git-daemon");
        // Some insist on /dev/null, which only the guest has.
        assertThat(inside("exec 2>&1; " + String.join("; ", script).replace(">/dev/null", "| :"))).doesNotContain("missing");
    }

    @Test
    void theUserIsAsTheContractSays() throws IOException {
        assertThat(inside("id -un; id -u; id -Gn; pwd -P; echo ~; echo $SHELL; echo \"$PS1\"").lines())
                .containsExactly("user", "1000", "user sudo", "/", "/home/user", "/bin/bash", "\\w $");
        assertThat(Files.readString(root.resolve("etc/sudoers.d/user"))).isEqualTo("user ALL=(ALL:ALL) NOPASSWD: ALL\n");
        assertThat(Files.readAllLines(root.resolve("etc/shadow"))).anyMatch(line -> line.startsWith("root::"));
        assertThat(root.resolve("usr/lib/python3.11/EXTERNALLY-MANAGED")).doesNotExist();
        for (var open : List.of("usr/local", "usr/local/bin", "usr/local/lib/python3.11/dist-packages", "code")) {
            assertThat(Files.getPosixFilePermissions(root.resolve(open))).as(open).isEqualTo(PosixFilePermissions.fromString("rwxrwxrwx"));
        }
    }

    @Test
    void theNetworkIsTheOneThatEveryGuestSees() throws IOException {
        assertThat(root.resolve("etc/hosts")).content().contains("127.0.0.1 localhost\n127.0.1.1 e2b.local e2b\n");
        assertThat(root.resolve("etc/hostname")).hasContent("e2b.local");
        assertThat(Files.isSymbolicLink(root.resolve("etc/resolv.conf"))).isFalse();
        assertThat(root.resolve("etc/resolv.conf")).hasContent("nameserver 169.254.0.22");
    }

    @Test
    void nothingOfTheHostIsInside() throws IOException {
        assertThat(root.resolve("etc/apt/sources.list")).content().doesNotContain("proxy")
                .contains("deb http://deb.debian.org/debian bookworm main");
        try (var files = Files.list(root.resolve("etc/apt/apt.conf.d"))) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.contains("mmdebstrap"))).isEmpty();
        }
        for (var setting : List.of("http_proxy", "https_proxy", "HTTPS_PROXY", "SSL_CERT_FILE", "CAISSON_DEBIAN_MIRROR")) {
            var value = Optional.ofNullable(System.getenv(setting)).orElse("");
            if (value.length() > 8 && !value.contains("/etc/ssl/certs") && !value.contains("deb.debian.org")) {
                assertThat(Command.ofSystem("grep", "-rIlF", "-e", value, root.resolve("etc").toString()).runAnyExit().output()).as(setting).isEmpty();
            }
        }
        for (var empty : List.of("dev", "proc", "sys", "run", "tmp", "var/lib/apt/lists", "var/cache/apt")) {
            assertThat(root.resolve(empty)).as(empty).isEmptyDirectory();
        }
        assertThat(root.resolve("etc/machine-id")).isEmptyFile();
    }

    @Test
    void aLoginShellSpawnsNothing() {
        // A process that a start-up file spawned would take a process number between the two.
        var script = "a=$$; (exec /bin/true); bash -l -c :; (exec /bin/true) & echo $(( $! - a ))";
        assertThat(Command.ofSystem("unshare", "--pid", "--fork", "--kill-child", "--mount-proc=/proc", "chroot", root.toString(),
                        "/usr/bin/env", "-i", "HOME=/home/user", "/bin/bash", "-c", script)
                .run().output().strip()).isEqualTo("3");
    }

    /** So it is as quick as any other; how quick, {@code caisson bench} measures. */
    @Test
    void aLoginShellDoesLittle() {
        var done = Command.ofSystem(
                        "chroot", root.toString(), "/usr/bin/env", "-i", "HOME=/home/user", "/bin/bash", "-l", "-x", "-c", "echo end")
                .run().errors();
        assertThat(done.lines().toList()).hasSizeBetween(2, 20).last().isEqualTo("+ echo end");
    }

    @Test
    void makingItLeavesNothingBehind() throws IOException {
        try (var files = Files.list(work)) {
            assertThat(files.map(file -> file.getFileName().toString())).isSubsetOf("base.lock");
        } catch (NoSuchFileException e) {
            assertThat(lines).as("it was there before").isEmpty();
        }
        assertThat(Files.exists(work.resolve("base-root"), LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(Mounts.below(work)).isEmpty();
    }
}
