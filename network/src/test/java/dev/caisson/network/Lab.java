package dev.caisson.network;

import static org.awaitility.Awaitility.await;

import dev.caisson.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A machine of its own for a test: a namespace that plays the host, one that plays the internet behind the host's uplink,
 * and one that is a neighbour on a second, public network of the host. The real machine's network is not touched.
 */
final class Lab implements AutoCloseable {
    /** The world's end of the uplink, and the host's. */
    static final String UPSTREAM = "198.51.100.1";
    static final String HOST_UPLINK = "198.51.100.2";

    /** A server somewhere in the internet. */
    static final String INTERNET = "203.0.113.7";

    /** The host's name server: private, behind the uplink. */
    static final String NAME_SERVER = "10.255.255.53";

    /** Addresses that the world would answer at, if a packet came there. */
    static final List<String> CLOSED = List.of(
            "10.1.2.3", "100.64.0.9", "172.16.5.5", "192.168.7.7", "169.254.169.254", "192.0.2.1", "198.18.0.4", NAME_SERVER, UPSTREAM);

    /** The second network: the host's end and the neighbour. */
    static final String LAN = "203.0.114.0/24";
    static final String HOST_LAN = "203.0.114.1";
    static final String NEIGHBOUR = "203.0.114.2";

    /** An address of the host in no connected network. */
    static final String HOST_ALONE = "203.0.115.9";

    final String name = "t" + Integer.toString(ThreadLocalRandom.current().nextInt(36 * 36, 36 * 36 * 36), 36);
    final Netns host = new Netns(name + "h");
    final Netns world = new Netns(name + "w");
    final Netns neighbour = new Netns(name + "n");
    final Path resolverFile;
    final SlotPlan plan = new SlotPlan(name, "10.202");
    private final List<SlotPool> pools = new ArrayList<>();

    Lab() throws Exception {
        resolverFile = Files.createTempFile("resolv", ".conf");
        Files.writeString(resolverFile, "nameserver " + NAME_SERVER + "\n");
        try {
            build();
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    private void build() throws Exception {
        Ip.batch(List.of("netns add " + host.name(), "netns add " + world.name(), "netns add " + neighbour.name()));
        host.run(() -> Ip.batch(List.of(
                "link set lo up",
                "link add uplink type veth peer name eth0 netns " + world.name(),
                "link add lan type veth peer name eth0 netns " + neighbour.name(),
                "address add " + HOST_UPLINK + "/24 dev uplink",
                "address add " + HOST_LAN + "/24 dev lan",
                "address add " + HOST_ALONE + "/32 dev lo",
                "link set uplink up",
                "link set lan up")));
        world.run(() -> {
            var lines = new ArrayList<>(List.of("link set lo up", "address add " + UPSTREAM + "/24 dev eth0", "link set eth0 up",
                    "address add " + INTERNET + "/32 dev lo", "route add " + LAN + " via " + HOST_UPLINK));
            CLOSED.stream().filter(address -> !address.equals(UPSTREAM)).forEach(address -> lines.add("address add " + address + "/32 dev lo"));
            Ip.batch(lines);
        });
        neighbour.run(() -> Ip.batch(List.of("link set lo up", "address add " + NEIGHBOUR + "/24 dev eth0", "link set eth0 up",
                "route add default via " + HOST_LAN)));
        host.run(() -> {
            Ip.batch(List.of("route add default via " + UPSTREAM));
            // A new namespace inherits the setting of the machine.
            print("sysctl", "-w", "net.ipv4.ip_forward=0");
            // The strictest check of source addresses that distributions set.
            print("sysctl", "-w", "net.ipv4.conf.all.rp_filter=1");
        });
        for (var device : List.of("uplink", "lan")) {
            await().atMost(Duration.ofSeconds(20)).until(() -> host.call(() -> print("ip", "link", "show", "dev", device)).contains("state UP"));
        }
    }

    /** An unopened pool on this lab's host. */
    NamespaceSlotPool pool() throws Exception {
        return pool(plan, new SlotSettings(2, 64, Duration.ofMillis(200), 64));
    }

    NamespaceSlotPool pool(SlotPlan other, SlotSettings settings) throws Exception {
        var pool = host.call(() -> new NamespaceSlotPool(other, settings, List.of(resolverFile), host));
        pools.add(pool);
        return pool;
    }

    NamespaceSlotPool openPool() throws Exception {
        var pool = pool();
        host.call(pool::open);
        return pool;
    }

    /** The inside of a slot. */
    static Netns inside(Slot slot) {
        return new Netns(slot.namespace().getFileName().toString());
    }

    /** Everything that a pool could have changed on the host of this lab, a line each. */
    List<String> state() throws Exception {
        return host.call(() -> Stream.of(
                        print("ip", "link"), print("ip", "-4", "address"), print("ip", "-4", "route", "show", "table", "all"),
                        print("ip", "neigh", "show", "nud", "permanent"), print("nft", "list", "ruleset"), print("conntrack", "-L"),
                        print("sysctl", "-a", "-r", "^net\\.ipv4\\.(ip_forward|conf\\.(all|default|uplink|lan))"), namespaces())
                .flatMap(String::lines)
                .toList());
    }

    /** The lines that only one of two states has, for a short message where they should be equal. */
    static List<String> difference(List<String> before, List<String> after) {
        var gone = new ArrayList<>(before);
        after.forEach(gone::remove);
        var added = new ArrayList<>(after);
        before.forEach(added::remove);
        return Stream.concat(gone.stream().map(line -> "- " + line), added.stream().map(line -> "+ " + line)).toList();
    }

    String namespaces() throws IOException {
        try (var files = Files.list(SlotPlan.namespaceFolder())) {
            return files.map(file -> file.getFileName().toString()).filter(file -> file.startsWith(name)).sorted().toList().toString();
        }
    }

    static String print(String program, String... arguments) {
        return Command.ofSystem(program, arguments).run().output();
    }

    @Override
    public void close() throws Exception {
        for (var pool : pools) {
            host.run(pool::close);
        }
        for (var pool : pools) {
            host.run(pool::dismantle);
        }
        Ip.tryBatch(List.of("netns delete " + neighbour.name(), "netns delete " + world.name(), "netns delete " + host.name()));
        Files.delete(resolverFile);
        if (!namespaces().equals("[]")) {
            throw new AssertionError("left over: " + namespaces());
        }
    }
}
