package dev.caisson.host.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.SandboxId;
import org.junit.jupiter.api.Test;

class MachineNameTest {

    @Test
    void isTheSameAtEveryCallAndSaysNothingOfTheId() {
        var id = new SandboxId("i0123456789abcdefghi");

        assertThat(MachineName.of(id)).isEqualTo(MachineName.of(id)).matches("m[0-9a-f]{19}").doesNotContain(id.value().substring(1, 5));
        assertThat(MachineName.of(SandboxId.random())).isNotEqualTo(MachineName.of(SandboxId.random()));
    }
}
