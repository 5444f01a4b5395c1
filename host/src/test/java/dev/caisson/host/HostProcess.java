package dev.caisson.host;

import dev.caisson.base.Installation;
import dev.caisson.guest.SpawnRequest;
import dev.caisson.host.standby.StandbyConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A server in a process of its own: makes sandboxes that each run a command, says so, and waits to be killed. */
final class HostProcess {
    /** Prints a number every tenth of a second. */
    static final SpawnRequest TICKER = new SpawnRequest(
            "sh", List.of("-c", "i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.1; done"), Map.of(), Optional.empty(), "",
            Optional.of("ticker"), false, Optional.empty());

    private HostProcess() {}

    /** Arguments: the installation's name, data folder, run folder and addresses; how many standbys; seconds each sandbox is to live. */
    public static void main(String... arguments) throws Exception {
        var machine = new RealMachine(new Installation(
                arguments[0], Path.of(arguments[1]), Path.of(arguments[2]), arguments[3]));
        var standbys = Integer.parseInt(arguments[4]);
        var host = machine.open(HostConfig.defaults().with(StandbyConfig.atMost(standbys)));
        for (var seconds : List.of(arguments).subList(5, arguments.length)) {
            var id = host.create(RealMachine.request(Duration.ofSeconds(Long.parseLong(seconds)))).id();
            try (var process = host.agent(id).spawn(TICKER)) {
                System.out.println("sandbox " + id + " " + process.pid());
            }
        }
        Waiting.soon().until(() -> host.standbys().ready() == Math.min(1, standbys));
        System.out.println("ready");
        new CountDownLatch(1).await();
    }
}
