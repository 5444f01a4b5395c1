package dev.caisson.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.linux.FileCopies;
import dev.caisson.linux.LoopDevices;
import dev.caisson.linux.Mounts;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What one sandbox may use, and that reaching it harms nobody else. */
public abstract class LimitsContract extends EngineContract {
    @Test
    void theGuestSeesItsLimits() throws Exception {
        var slot = machine.slot();
        start(machine.spec(slot, new Limits(2, 512L << 20, 3000)), slot);

        assertThat(slot.ask("processors")).startsWith("2 ");
        assertThat(slot.ask("cat /proc/meminfo")).startsWith("MemTotal:         524288 kB");
        assertThat(Long.parseLong(slot.ask("space /").split(" ")[0])).isBetween(200L << 20, 256L << 20);
    }

    @Test
    void theDiskEndsWhereItEnds() throws Exception {
        var slot = machine.slot();
        start(machine.spec(slot), slot);

        var answer = slot.ask("fill /big " + (1L << 30)).split(" ");
        assertThat(answer[1]).isEqualTo("ENOSPC");
        assertThat(Long.parseLong(answer[0])).isBetween(200L << 20, 256L << 20);
        assertThat(slot.ask("remove /big")).isEqualTo("0");
        assertThat(slot.ask("fill /small 1000000")).isEqualTo("1000000 ok");
    }

    @Test
    void filesInMemoryAreBoundedBelowTheGuestsMemory() throws Exception {
        var slot = machine.slot();
        start(machine.spec(slot), slot);

        long taken = 0;
        for (var place : List.of("/tmp/big", "/dev/shm/big")) {
            var answer = slot.ask("fill " + place + " " + (1L << 30)).split(" ");
            assertThat(answer[1]).as(place).isEqualTo("ENOSPC");
            taken += Long.parseLong(answer[0]);
        }
        assertThat(taken).isGreaterThan(32L << 20).isLessThan(256L << 20);
        assertThat(slot.answers()).isTrue();
    }

    @Test
    void writingMoreFilesThanThereIsMemoryHarmsNobody() throws Exception {
        var slot = machine.slot();
        start(machine.spec(slot, new Limits(2, 128L << 20, 3000)), slot);
        assertThat(slot.ask("fill /big " + (200L << 20))).isEqualTo((200L << 20) + " ok");
        assertThat(slot.ask("hog " + (40L << 20))).isEqualTo("status 0");
    }

    @Test
    void aProcessThatTakesAllMemoryIsEndedAndTheSandboxGoesOn() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        for (int i = 0; i < 3; i++) {
            assertThat(slot.ask("hog " + (2L << 30))).isEqualTo("signal 9");
        }
        assertThat(slot.ask("hogs 4 " + (1L << 30))).isEqualTo("4 by signal");
        assertThat(slot.ask("hog " + (64L << 20))).isEqualTo("status 0");
        assertThat(sandbox.exited().toCompletableFuture()).isNotDone();
    }

    @Test
    void usageCountsProcessorMemoryAndTasks() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        var before = sandbox.usage();
        slot.ask("fill /dev/shm/file " + (32L << 20));
        slot.ask("fill /file " + (32L << 20));
        slot.ask("spin");
        Awaitility.await().atMost(SOON).untilAsserted(() -> {
            var after = sandbox.usage();
            assertThat(after.memoryBytes() - before.memoryBytes()).isBetween(28L << 20, 96L << 20);
            assertThat(after.cacheBytes() - before.cacheBytes()).isGreaterThan(16L << 20);
            assertThat(after.cpu().minus(before.cpu())).isGreaterThan(Duration.ofMillis(300));
            assertThat(after.tasks()).isPositive();
        });
    }

    @Test
    void aFullFileSystemOfTheHostHarmsNobodyAndHindersNoRemoval() throws Exception {
        var full = Files.createDirectory(machine.installation().data().resolve("full"));
        Mounts.tmpfs(full, 16L << 20);
        try {
            var slot = machine.slot();
            var spec = machine.spec(slot);
            var disk = full.resolve("disk.img");
            FileCopies.copy(spec.disk(), disk);
            var sandbox = start(new SandboxSpec(spec.id(), spec.layers(), disk, spec.namespace(), spec.limits(), spec.arguments(),
                    spec.environment(), spec.hostname()), slot);
            slot.ask("fill /big " + (64L << 20));
            assertThat(slot.answers()).isTrue();
            engine.remove(sandbox.id());
            assertThat(engine.remains()).isEmpty();
        } finally {
            Awaitility.await().atMost(SOON).until(() -> LoopDevices.attachedBelow(full).isEmpty());
            Mounts.unmount(full);
        }
    }

    @Test
    void whatTheGuestPrintsIsBounded() throws Exception {
        var slot = machine.slot();
        start(machine.spec(slot), slot);
        assertThat(slot.ask("shout 200000")).isEqualTo("shouted");
        long bytes = 0;
        try (var files = Files.walk(machine.installation().run())) {
            for (var file : files.filter(Files::isRegularFile).filter(path -> path.getFileName().toString().equals("log")).toList()) {
                bytes += Files.size(file);
            }
        }
        assertThat(bytes).isLessThanOrEqualTo(1 << 20);
        assertThat(slot.answers()).isTrue();
    }
}
