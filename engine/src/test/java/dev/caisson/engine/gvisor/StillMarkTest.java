package dev.caisson.engine.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.engine.EngineException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StillMarkTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsBeingChangedIsKnownToNobody() {
        var mark = new StillMark(folder.resolve("paused"));
        assertThat(mark.read()).isEqualTo(StillMark.Says.RUNS);
        mark.changes();
        assertThat(mark.read()).isEqualTo(StillMark.Says.NOBODY_KNOWS);
        mark.standsStill();
        assertThat(mark.read()).isEqualTo(StillMark.Says.STANDS_STILL);
        mark.changes();
        mark.changes();
        assertThat(new StillMark(folder.resolve("paused")).read()).isEqualTo(StillMark.Says.NOBODY_KNOWS);
        mark.runs();
        mark.runs();
        assertThat(mark.read()).isEqualTo(StillMark.Says.RUNS);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatCannotBeRecordedIsAnError() {
        var mark = new StillMark(folder.resolve("no-such-folder/paused"));
        assertThatThrownBy(mark::changes).isInstanceOf(EngineException.class).hasMessageContaining("no-such-folder/paused");
    }
}
