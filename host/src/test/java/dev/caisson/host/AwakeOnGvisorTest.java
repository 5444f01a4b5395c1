package dev.caisson.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.guest.Awakening;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.HookMoment;
import dev.caisson.guest.HookResult;
import dev.caisson.guest.ProcessEvent;
import dev.caisson.guest.ProcessSelector;
import dev.caisson.guest.ProcessStream;
import dev.caisson.guest.SpawnRequest;
import dev.caisson.node.EndCause;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an agent does under gVisor when it is told that its sandbox was restored; that it is not makes no difference to it. */
@Tag("root")
@Timeout(120)
class AwakeOnGvisorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String HOOKS = "/etc/caisson/hooks/after-fork.d";

    private RealMachine machine;

    @BeforeEach
    void make() throws IOException {
        machine = RealMachine.make();
    }

    @AfterEach
    void close() throws IOException {
        machine.close();
    }

    @Test
    void itRunsHooksAndTellsProgramsOfACopy() throws Exception {
        var host = machine.open(HostConfig.defaults());
        var info = host.create(RealMachine.request(Duration.ofMinutes(5)));
        var agent = host.agent(info.id());

        runsHooksInOrderAndEndsTheSlow(agent);
        tellsProgramsAndRenewsTheMachineId(agent);

        assertThat(host.kill(info.id(), EndCause.REQUEST)).isTrue();
    }

    private static void runsHooksInOrderAndEndsTheSlow(GuestAgent agent) {
        write(agent, HOOKS + "/10-fails", "#!/bin/sh\nid -u >/tmp/hook\nexit 3\n");
        write(agent, HOOKS + "/20-slow", "#!/bin/sh\nsleep 1000 & echo $! >/tmp/slow\nwait\n");
        write(agent, HOOKS + "/30-late", "#!/bin/sh\n");
        run(agent, "chmod 755 " + HOOKS + "/*");

        assertThat(agent.runHooks(HookMoment.AFTER_RESTORE, PATIENCE)).isEmpty();
        assertThat(agent.runHooks(HookMoment.AFTER_FORK, Duration.ofSeconds(5))).containsExactly(
                new HookResult("10-fails", 3, false), new HookResult("20-slow", 137, true), new HookResult("30-late", 126, true));
        assertThat(run(agent, "cat /tmp/hook")).isEqualTo("0\n");
        assertThat(run(agent, "read pid </tmp/slow && while kill -0 $pid 2>/dev/null; do sleep 0.05; done && echo gone")).isEqualTo("gone\n");
    }

    private static void tellsProgramsAndRenewsTheMachineId(GuestAgent agent) {
        var old = "0123456789abcdef0123456789abcdef\n";
        write(agent, "/etc/machine-id", old);
        var asks = "trap 'echo told; touch /run/caisson/reseed/$$' USR1;"
                + " echo \"10 $(cut -d' ' -f22 /proc/$$/stat) wait\" >/run/caisson/reseed/$$; echo ready; while :; do sleep 0.05; done";
        var process = agent.spawn(request(asks, Optional.of("asks")));
        assertThat(upTo(process, "ready\n")).isEqualTo("ready\n");

        agent.awake(new Awakening("copy", "of", true, Instant.now(), random(), random(), 0));

        try (var attached = agent.attach(new ProcessSelector.ByTag("asks"), process.offset())) {
            assertThat(upTo(attached, "told\n")).isEqualTo("told\n");
        }
        assertThat(run(agent, "cat /etc/machine-id")).isNotEqualTo(old).hasSameSizeAs(old);
        assertThat(run(agent, "echo $E2B_SANDBOX_ID; cat /run/e2b/.E2B_SANDBOX_ID")).isEqualTo("copy\ncopy");
        assertThat(run(agent, "ls /usr/lib/caisson/python /usr/lib/caisson/node")).contains("caisson_reseed.py", "caisson-reseed.js");
    }

    private static void write(GuestAgent agent, String path, String text) {
        agent.write("root", path, Map.of(), new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Its output, of both kinds. */
    private static String run(GuestAgent agent, String script) {
        var said = new StringBuilder();
        try (var stream = agent.spawn(request(script, Optional.empty()))) {
            for (var event = stream.next(PATIENCE); event.isPresent(); event = stream.next(PATIENCE)) {
                if (event.get() instanceof ProcessEvent.Output output) {
                    said.append(new String(output.data(), StandardCharsets.UTF_8));
                }
            }
        }
        return said.toString();
    }

    private static String upTo(ProcessStream stream, String end) {
        var said = new StringBuilder();
        while (said.indexOf(end) < 0) {
            if (stream.next(PATIENCE).orElseThrow() instanceof ProcessEvent.Output output) {
                said.append(new String(output.data(), StandardCharsets.UTF_8));
            }
        }
        return said.toString();
    }

    private static SpawnRequest request(String script, Optional<String> tag) {
        return new SpawnRequest("/bin/sh", List.of("-c", script), Map.of(), Optional.of("/"), "root", tag, false, Optional.empty());
    }

    private static byte[] random() {
        var bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
