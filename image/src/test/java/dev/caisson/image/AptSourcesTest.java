package dev.caisson.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptSourcesTest {
    @TempDir
    Path root;

    private void write(String file, String text) throws IOException {
        var path = root.resolve("etc/apt").resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void aHostWithoutAptHasNoSources() {
        assertThat(AptSources.ofHost(root)).isEmpty();
    }

    @Test
    void anUbuntuHostHasNoSourcesForDebian() throws IOException {
        write("sources.list.d/ubuntu.sources", """
                Types: deb
                URIs: http://archive.ubuntu.com/ubuntu/
                Suites: noble noble-updates
                Components: main universe
                """);
        assertThat(AptSources.ofHost(root)).isEmpty();
    }

    @Test
    void paragraphsOfADebianHostAreTakenWithoutForeignArchives() throws IOException {
        write("sources.list.d/debian.sources", """
                Types: deb
                # a comment
                URIs: http://mirror.example/debian/
                Suites: bookworm bookworm-updates
                Components: main contrib
                Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

                Types: deb deb-src
                URIs: http://mirror.example/debian-security
                Suites: bookworm-security
                Components: main

                Enabled: no
                Types: deb
                URIs: http://off.example/debian
                Suites: bookworm
                Components: main
                """);
        write("sources.list.d/other.list", "deb https://packages.example/apt other-bookworm main\n");
        assertThat(AptSources.ofHost(root).orElseThrow().lines()).containsExactly(
                "deb http://mirror.example/debian bookworm main",
                "deb http://mirror.example/debian bookworm-updates main",
                "deb http://mirror.example/debian-security bookworm-security main");
    }

    @Test
    void linesOfADebianHostAreTaken() throws IOException {
        write("sources.list", """
                # deb http://old.example/debian bookworm main
                deb [arch=amd64 signed-by=/x.gpg] https://mirror.example/debian bookworm main contrib # the near one
                deb-src https://mirror.example/debian bookworm main
                deb https://mirror.example/debian bookworm-backports main
                deb cdrom:[Debian]/ bookworm main
                """);
        assertThat(AptSources.ofHost(root).orElseThrow().lines())
                .containsExactly("deb https://mirror.example/debian bookworm main");
    }

    @Test
    void oneNamedMirrorServesAllSuites() {
        assertThat(AptSources.ofMirror("http://m.example/debian/").lines()).containsExactly(
                "deb http://m.example/debian bookworm main",
                "deb http://m.example/debian bookworm-updates main",
                "deb http://m.example/debian-security bookworm-security main");
        assertThat(AptSources.ofMirror("http://m.example/d https://s.example/x").lines())
                .contains("deb https://s.example/x bookworm-security main");
    }

    @Test
    void aMirrorThatIsNoAddressIsRefused() {
        for (var wrong : new String[] {"", "m.example/debian", "file:///mnt", "http://a/b http://c/d http://e/f", "https:"}) {
            assertThatThrownBy(() -> AptSources.ofMirror(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
