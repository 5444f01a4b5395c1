package dev.caisson.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.host.journal.MachineName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchdogTest {

    @Test
    void anAgentThatHungWhileItsSandboxStoodStillIsWatchedOn(@TempDir Path data) throws InterruptedException {
        var machine = new FakeMachine(data);
        var soon = machine.config.watching();
        machine.config = machine.config.with(new HostConfig.Watching(
                Duration.ofHours(1), Duration.ofHours(1), 4, Duration.ofMillis(5)));
        try (var machinery = machine.another(); var timer = Executors.newSingleThreadScheduledExecutor()) {
            var sandbox = machine.created(machinery);
            var agent = machine.guests.links(MachineName.of(sandbox.id())).getLast();
            var told = new Semaphore(0);
            // Who is told does nothing, as where the sandbox is just being saved.
            new Watchdog(timer, soon, machine.clock, (hangs, why) -> told.release()).watch(sandbox, agent);

            agent.breakLink();

            assertThat(told.tryAcquire(2, 20, TimeUnit.SECONDS)).isTrue();
            timer.shutdownNow();
        }
    }
}
