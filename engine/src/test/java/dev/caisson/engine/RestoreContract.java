package dev.caisson.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Going on from saved memory on the same disk: what goes on, and how it fails. */
public abstract class RestoreContract extends EngineContract {

    @Test
    void aSavedSandboxGoesOnWhereItWas() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        slot.ask("folder /work");
        slot.ask("enter /work");
        slot.ask("hold notes");
        slot.ask("append before");
        slot.ask("take " + (32L << 20));
        assertThat(slot.ask("count")).isEqualTo("1");
        var boot = slot.ask("cat /proc/sys/kernel/random/boot_id");

        var memory = saved(sandbox);
        engine.release(spec.id());
        assertThat(sandbox.handle().process().isAlive()).isFalse();
        assertThat(engine.remains()).isEmpty();
        machine.assertDiskClean(spec.disk());

        slot.readdress();
        var restored = engine.restore(spec, memory);
        awaitAnswer(slot);
        assertThat(restored.id()).isEqualTo(spec.id());
        assertThat(restored.handle().build()).isEqualTo(memory.build());
        assertThat(slot.ask("count")).isEqualTo("2");
        assertThat(slot.ask("where")).isEqualTo("/work");
        assertThat(slot.ask("append -after")).isEqualTo("6");
        assertThat(slot.ask("held")).isEqualTo("before-after");
        assertThat(slot.ask("cat /work/notes")).isEqualTo("before-after");
        assertThat(slot.ask("inspect")).isEqualTo("0 wrong");
        assertThat(slot.ask("cat /proc/sys/kernel/random/boot_id")).isEqualTo(boot);
        assertThat(slot.ask("cat /proc/meminfo")).startsWith("MemTotal:         262144 kB");
        assertThat(Long.parseLong(slot.ask("now"))).isCloseTo(System.currentTimeMillis(), within(5000L));
    }
}
