package dev.caisson.host.history;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.node.NodeException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadersTest {
    @Test
    void whoComesWhenAllTurnsAreTakenIsToldSoAndOneThatEndsMakesRoom() {
        var readers = new Readers("metrics", Duration.ZERO);
        for (int i = 0; i < 4; i++) {
            readers.takeTurn();
        }
        assertThatThrownBy(readers::takeTurn).isInstanceOf(NodeException.class).hasMessageContaining("too many metrics");
        readers.done();
        readers.takeTurn();
    }
}
