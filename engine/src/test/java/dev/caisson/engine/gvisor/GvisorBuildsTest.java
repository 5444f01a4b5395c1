package dev.caisson.engine.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Installation;
import dev.caisson.engine.Engine;
import dev.caisson.engine.EngineContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two builds side by side: the one of the tests, and a copy of it that says another version. */
class GvisorBuildsTest extends EngineContract {
    @TempDir
    static Path builds;

    private static Path earlier;
    private static Path later;

    private boolean upgraded;

    @BeforeAll
    static void makeBuilds() throws IOException {
        earlier = Files.createSymbolicLink(builds.resolve("earlier"), TestBuild.folder().toRealPath());
        later = Files.createDirectories(builds.resolve("later"));
        Files.createDirectory(later.resolve("gvisor-bin"));
        var version = Files.readString(earlier.resolve("version")).strip();
        for (var name : List.of("runsc", "gvisor-bin/gvisor_sentry", "gvisor-bin/gvisor-sentry-prewarmer", "version", "manifest")) {
            var text = Files.readString(earlier.resolve(name), StandardCharsets.ISO_8859_1);
            Files.writeString(later.resolve(name), text.replace(version, another(version)), StandardCharsets.ISO_8859_1);
            Files.setPosixFilePermissions(later.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @AfterAll
    static void forgetTheOneOfTheTests() throws IOException {
        Files.delete(earlier);
    }

    @Override
    protected Engine open(Installation installation) {
        return new GvisorEngine(installation, upgraded ? later : earlier, GvisorConfig.standard());
    }

    @Test
    void whatAnEarlierBuildSavedGoesOnWithItAfterAnUpgrade() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        var version = sandbox.handle().build();
        slot.ask("count");
        var memory = saved(sandbox);
        engine.release(spec.id());

        upgrade();
        assertThat(engine.info().build()).isEqualTo(another(version));
        assertThat(engine.builds()).containsExactlyInAnyOrder(version, another(version));
        assertThat(engine.hindrance(memory)).isEmpty();
        var restored = restored(spec, slot, memory);
        assertThat(restored.handle().build()).isEqualTo(version);
        assertThat(slot.ask("count")).isEqualTo("2");

        var again = saved(restored, "again");
        assertThat(again.build()).isEqualTo(version);
        engine.release(spec.id());
        restored(spec, slot, again);
        assertThat(slot.ask("count")).isEqualTo("3");
    }

    @Test
    void oneThatAnEarlierBuildRunsIsFoundAndSavedAfterAnUpgrade() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var handle = start(spec, slot).handle();
        upgrade();
        var found = engine.find(handle).orElseThrow();
        var memory = saved(found);
        engine.release(spec.id());
        assertThat(memory.build()).isEqualTo(handle.build());
        assertThat(restored(spec, slot, memory).handle().build()).isEqualTo(handle.build());

        var other = machine.slot();
        assertThat(start(machine.spec(other), other).handle().build()).isEqualTo(another(handle.build()));
    }

    private void upgrade() {
        engine.close();
        upgraded = true;
        engine = open(machine.installation());
    }

    /** As long as the one it replaces within the programs. */
    private static String another(String version) {
        return version.substring(0, version.length() - 4) + "next";
    }
}
