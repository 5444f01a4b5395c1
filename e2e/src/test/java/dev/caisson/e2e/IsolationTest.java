package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.RemoteSandbox;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a guest sees of itself, and what it cannot reach; tried as the guest's root. */
@Tag("root")
class IsolationTest {
    private static Caisson caisson;
    private static ApiClient api;
    private static RemoteSandbox sandbox;

    @BeforeAll
    static void up() {
        caisson = Caisson.up();
        api = caisson.api();
        sandbox = api.create("base", Optional.of(Duration.ofMinutes(30)), Map.of());
    }

    @AfterAll
    static void down() {
        api.close();
        caisson.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.111.255.254", "192.0.2.1", "169.254.169.254", "169.254.0.22", "192.168.0.1", "172.16.0.1"})
    void theHostsPortAndPrivateNetworksAreClosed(String address) {
        var port = caisson.access().url().getPort();
        var result = Commands.sh(sandbox, "sudo python3 -c \"import socket; socket.create_connection(('%s', %d), 3)\"".formatted(address, port));
        assertThat(result.exitCode()).as(result.output()).isNotZero();
    }

    @Test
    void aNeighbourIsClosed() {
        var neighbour = api.create("base", Optional.of(Duration.ofMinutes(5)), Map.of());
        try {
            for (var number = 1; number <= 8; number++) {
                var address = caisson.installation().addresses() + ".0." + number;
                var result = Commands.sh(sandbox, "python3 -c \"import socket; socket.create_connection(('%s', 49982), 2)\"".formatted(address));
                assertThat(result.exitCode()).as(address + ": " + result.output()).isNotZero();
            }
        } finally {
            api.delete("/sandboxes/" + neighbour.id());
        }
    }

    @Test
    void theGuestSeesItsLimitsAndNotTheMachines() {
        assertThat(Commands.sh(sandbox, "nproc").output()).isEqualTo("2\n");
        var total = Long.parseLong(Commands.sh(sandbox, "awk '/MemTotal/ {print $2}' /proc/meminfo").output().strip()) >> 10;
        assertThat(total).isBetween(1000L, 1200L);
        var disk = Long.parseLong(Commands.sh(sandbox, "df --output=size -BM / | tail -1 | tr -dc 0-9").output().strip());
        assertThat(disk).isBetween(9000L, 10240L);
        assertThat(Commands.sh(sandbox, "df --output=size -BM /tmp | tail -1 | tr -dc 0-9").output().strip()).matches("\\d{1,4}");
        assertThat(Commands.sh(sandbox, "uname -r").output()).contains("gvisor");
    }

    @Test
    void theGuestIsWhoTheTemplateSays() {
        assertThat(Commands.sh(sandbox, "id -un; id -u; pwd; hostname; sudo id -un").output())
                .isEqualTo("user\n1000\n/home/user\ne2b.local\nroot\n");
        assertThat(Commands.sh(sandbox, "cat /run/e2b/.E2B_SANDBOX_ID; echo; echo $E2B_SANDBOX_ID").output())
                .isEqualTo(sandbox.id() + "\n" + sandbox.id() + "\n");
    }

    @Test
    void theTemplateHasWhatItPromises() {
        var programs = "bash python python3 pip node npm gcc make ruby jq rg unzip tput curl git sudo less ps";
        var result = Commands.sh(sandbox, "for p in " + programs + "; do command -v $p >/dev/null || echo missing $p; done; "
                + "python3 -m venv /tmp/venv && /tmp/venv/bin/python -c 'print(1)'; git --version | cut -c1-3; test -e /usr/lib/git-core/git-daemon && echo daemon");
        assertThat(result.output()).isEqualTo("1\ngit\ndaemon\n");
    }

    @Test
    void nothingOfTheHostIsInTheTemplate() {
        var result = Commands.sh(sandbox, "cat /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/apt/apt.conf.d/* 2>/dev/null | grep -ci proxy; env | grep -ci proxy; true");
        assertThat(result.output()).isEqualTo("0\n0\n");
    }
}
