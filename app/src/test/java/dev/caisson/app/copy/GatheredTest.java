package dev.caisson.app.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.app.client.ClientException;
import org.junit.jupiter.api.Test;

class GatheredTest {
    private final Gathered gathered = new Gathered("reading the link x");

    @Test
    void theLongestPathIsTakenAndNothingLonger() {
        gathered.stdout(new byte[4000]);
        gathered.stdout(new byte[96]);
        assertThat(gathered.output()).hasSize(4096);
        assertThatThrownBy(() -> gathered.stdout(new byte[1])).isInstanceOf(ClientException.class).hasMessageContaining("reading the link x");
        assertThat(gathered.output()).hasSize(4096);
    }

    @Test
    void messagesWithoutEndAreNotGatheredEither() {
        gathered.stderr(new byte[1 << 20]);
        assertThatThrownBy(() -> gathered.stderr(new byte[1])).isInstanceOf(ClientException.class);
        assertThat(gathered.errors()).hasSize(1 << 20);
    }
}
