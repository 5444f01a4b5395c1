package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.SandboxId;
import dev.caisson.guest.ProcessEvent;
import dev.caisson.guest.SpawnRequest;
import dev.caisson.host.journal.Journal;
import dev.caisson.host.journal.MachineName;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.host.journal.SandboxFolder.Reading;
import dev.caisson.host.standby.StandbyConfig;
import dev.caisson.linux.ProcessIdentity;
import dev.caisson.linux.Signals;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.SandboxInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes that are ready before anybody wants them, with nothing replaced. */
@Tag("root")
class StandbyOnGvisorTest {
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What a program inside could tell a standby by. What differs between any two sandboxes is left out. */
    private static final List<String> LOOKS = List.of(
            "env | sort | grep -v E2B_SANDBOX_ID",
            "ls -1 /proc | grep '^[0-9]' | while read pid; do tr '\\0' ' ' < /proc/$pid/cmdline; echo; done 2>/dev/null | grep -v -e '^sh ' -e '^ls ' -e '^$'",
            "ls -lA /run/e2b | awk '{print $1, $3, $4, $5, $NF}'",
            "cat /run/e2b/.E2B_TEMPLATE_ID",
            "ulimit -a",
            "nproc; grep -e MemTotal -e SwapTotal /proc/meminfo",
            "cat /proc/self/cgroup; cat /proc/1/limits",
            "grep -e ^Cap -e ^Uid -e ^Gid -e ^Threads -e NoNewPrivs -e Seccomp /proc/1/status",
            "for file in /proc/1/fd/*; do readlink $file; done | grep -v socket: | tr -d '0-9' | sort",
            "tr '\\0' '\\n' < /proc/1/environ",
            "cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp | awk '$4 == \"0A\" {print $2, $4}' | sort",
            "cat /proc/net/route /proc/net/if_inet6; ls /sys/class/net",
            "hostname; cat /etc/hostname /etc/hosts /etc/resolv.conf /etc/passwd",
            "ls -lA /tmp /home/user /var/tmp /dev/shm / | awk '{print $1, $3, $4, $NF}'",
            "awk '{print $2, $3, $4}' /proc/mounts",
            "df --output=target,size / /tmp | tail -n +2",
            "id; pwd; umask; uname -a");

    private RealMachine machine;

    @BeforeEach
    void make() throws IOException {
        machine = RealMachine.make();
    }

    @AfterEach
    void close() throws IOException {
        // With the last server its standbys go, which are not what the check is about.
        machine.stop();
        machine.close();
    }

    private Host ready() throws IOException {
        var host = machine.open(HostConfig.defaults().with(StandbyConfig.atMost(1)));
        soon().until(() -> host.standbys().ready() == 1);
        return host;
    }

    private static CreateRequest request() {
        return new CreateRequest("base", "team", LIFE, true, true, Map.of(), Map.of("GREETING", "hello"));
    }

    private List<SandboxFolder> standbys() throws IOException {
        try (var folders = Files.list(machine.installation().sandboxes())) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> new SandboxFolder(new SandboxId(folder.getFileName().toString()), folder))
                    .filter(folder -> folder.read() instanceof Reading.Read(Journal journal)
                            && journal.phase() instanceof Journal.Phase.Standby)
                    .toList();
        }
    }

    @Test
    void aClaimedOneLooksLikeOneThatWasMadeForItsOwner() throws Exception {
        var host = ready();
        var standby = standbys().getFirst().id();
        var claimed = host.create(request());
        assertThat(claimed.id()).as("it was ready").isEqualTo(standby);
        var asClaimed = looks(host, claimed);
        machine.stop();

        var other = machine.open(HostConfig.defaults());
        var asMade = looks(other, other.create(request()));

        LOOKS.forEach(look -> assertThat(asClaimed.get(look)).as(look).isEqualTo(asMade.get(look)));
        assertThat(asClaimed.get(LOOKS.getFirst())).contains("GREETING=hello");
        assertThat(asClaimed.values()).as("every look sees something").noneMatch(String::isBlank);
    }

    private static Map<String, String> looks(Host host, SandboxInfo info) {
        var seen = new LinkedHashMap<String, String>();
        LOOKS.forEach(look -> seen.put(look, output(host, info.id(), "root", look)));
        return seen;
    }

    @Test
    void aClaimedOneKnowsWhoItIsAndWhatTimeItIs() throws Exception {
        var host = ready();

        var first = host.create(request()).id();
        soon().until(() -> host.standbys().ready() == 1);
        var second = host.create(request()).id();

        for (var id : List.of(first, second)) {
            assertThat(output(host, id, "", "echo $E2B_SANDBOX_ID; cat /run/e2b/.E2B_SANDBOX_ID")).contains(id + "\n");
            var before = Instant.now().getEpochSecond();
            var there = Long.parseLong(output(host, id, "", "date +%s").strip());
            assertThat(there).isBetween(before - 1, Instant.now().getEpochSecond() + 1);
        }
        var random = "head -c 32 /dev/urandom | od -An -tx1";
        assertThat(output(host, first, "", random)).isNotEqualTo(output(host, second, "", random));
        assertThat(host.kill(first, EndCause.REQUEST)).isTrue();
        assertThat(host.kill(second, EndCause.REQUEST)).isTrue();
        host.close();
        machine.assertNoSandboxIsLeft();
    }

    @Test
    void oneWhoseSentryDiesIsReplaced() throws Exception {
        var host = ready();
        var first = standbys().getFirst();
        var processes = processes(MachineName.of(first.id()));
        assertThat(processes).isNotEmpty();

        processes.forEach(process -> Signals.send(process, Signals.Signal.KILL));

        soon().until(() -> !Files.exists(first.path()) && host.standbys().ready() == 1);
        assertThat(host.ended()).isEmpty();
        assertThat(host.create(request()).id()).isNotEqualTo(first.id());
    }

    @Test
    void thoseOfAServerThatWasKilledAreRemovedAndWhatWasClaimedGoesOn(@TempDir Path scratch) throws Exception {
        var first = ServerProcess.startWithStandbys(machine.installation(), scratch.resolve("server.log"), 1, 300);
        var claimed = first.sandboxes().keySet().iterator().next();
        assertThat(standbys()).hasSize(1);

        first.kill();
        var host = machine.open(HostConfig.defaults());

        assertThat(host.repairReport().adopted()).isEqualTo(1);
        assertThat(host.repairReport().repaired()).singleElement().asString().contains("kept ready for nobody").endsWith(": 1");
        assertThat(host.ended()).isEmpty();
        assertThat(output(host, claimed, "", "echo $E2B_SANDBOX_ID")).isEqualTo(claimed + "\n");
        host.kill(claimed, EndCause.REQUEST);
        machine.assertNoSandboxIsLeft();
    }

    /** Those whose command line names that machine. */
    private static List<ProcessIdentity> processes(String machine) {
        return ProcessHandle.allProcesses()
                .filter(process -> commandLine(process.pid()).contains(machine))
                .flatMap(process -> ProcessIdentity.of(process.pid()).stream())
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /** Runs a line of shell and gives what it prints. */
    private static String output(Host host, SandboxId id, String user, String line) {
        var request = new SpawnRequest(
                "sh", List.of("-c", line), Map.of(), Optional.empty(), user, Optional.empty(), false, Optional.empty());
        var text = new StringBuilder();
        try (var process = host.agent(id).spawn(request)) {
            while (true) {
                switch (process.next(PATIENCE).orElseThrow()) {
                    case ProcessEvent.Output(var source, var data) -> text.append(new String(data, StandardCharsets.UTF_8));
                    case ProcessEvent.Exited _ -> {
                        return text.toString();
                    }
                }
            }
        }
    }
}
