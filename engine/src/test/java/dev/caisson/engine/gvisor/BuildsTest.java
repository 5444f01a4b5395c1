package dev.caisson.engine.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildsTest {
    @TempDir
    Path folder;

    @Test
    void buildsAreToldByTheirVersionsAndNotByTheirFolders() throws Exception {
        var builds = new Builds(build("new", "version-2", "version-2"));
        var old = build("old", "version-1", "version-1");
        Files.createDirectory(folder.resolve("unrelated"));

        assertThat(builds.standard().version()).isEqualTo("version-2");
        assertThat(builds.versions()).containsExactlyInAnyOrder("version-1", "version-2");
        assertThat(builds.find("version-1").folder()).isEqualTo(old);
        assertThat(builds.find("version-2")).isEqualTo(builds.standard());
    }

    @Test
    void oneThatIsNotThereIsNamed() throws Exception {
        var builds = new Builds(build("new", "version-2", "version-2"));
        assertThatThrownBy(() -> builds.find("version-1")).isInstanceOfSatisfying(EngineException.class,
                e -> assertThat(e.category()).isEqualTo(Category.UNSUPPORTED)).hasMessageContaining("version-1");
    }

    @Test
    void oneThatIsBeingMadeOrSaysAnotherVersionIsNone() throws Exception {
        var builds = new Builds(build("new", "version-2", "version-2"));
        Files.delete(build("half", "version-1", "version-1").resolve("manifest"));
        build("wrong", "version-3", "version-4");
        assertThat(builds.versions()).doesNotContain("version-1");
        for (var version : new String[] {"version-1", "version-3", "version-4"}) {
            assertThatThrownBy(() -> builds.find(version)).as(version).isInstanceOfSatisfying(EngineException.class,
                    e -> assertThat(e.category()).isEqualTo(Category.UNSUPPORTED));
        }
    }

    @Test
    void oneThatWasTakenAwayAndBroughtBackIsFoundAgain() throws Exception {
        var builds = new Builds(build("new", "version-2", "version-2"));
        var old = build("old", "version-1", "version-1");
        builds.find("version-1");
        var elsewhere = Files.move(old, folder.resolve("elsewhere"));
        assertThat(builds.find("version-1").folder()).isEqualTo(elsewhere);
        Files.delete(elsewhere.resolve("manifest"));
        Files.delete(elsewhere.resolve("runsc"));
        assertThatThrownBy(() -> builds.find("version-1")).isInstanceOf(EngineException.class);
    }

    private Path build(String name, String version, String says) throws IOException {
        return build(folder.resolve(name), version, says);
    }

    /** A folder that looks like a build. */
    static Path build(Path folder, String version, String says) throws IOException {
        var build = Files.createDirectory(folder);
        Files.createDirectory(build.resolve("gvisor-bin"));
        for (var program : new String[] {"runsc", "gvisor-bin/gvisor_sentry", "gvisor-bin/gvisor-sentry-prewarmer"}) {
            Files.writeString(build.resolve(program), "#!/bin/sh\necho runsc version " + says + "\n");
            Files.setPosixFilePermissions(build.resolve(program), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.writeString(build.resolve("version"), version + "\n");
        Files.writeString(build.resolve("manifest"), "");
        return build;
    }
}
