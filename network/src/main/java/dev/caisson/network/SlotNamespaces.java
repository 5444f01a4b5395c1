package dev.caisson.network;

import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The namespaces of the slots and the veth pairs into them, made, reset and removed many at a time. Not thread-safe. */
final class SlotNamespaces {
    private static final Duration LONGEST_START = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

    private final SlotPlan plan;
    private final int mtu;

    SlotNamespaces(SlotPlan plan, int mtu) {
        this.plan = plan;
        this.mtu = mtu;
    }

    /** What of this installation's slots exists on the machine. */
    record Found(SortedSet<Integer> namespaces, SortedSet<Integer> devices) {}

    Found find() {
        return new Found(namespaces(), devices(link -> true));
    }

    private SortedSet<Integer> devices(Predicate<JsonNode> chosen) {
        var numbers = new TreeSet<Integer>();
        Ip.show("link show group " + plan.group()).stream()
                .filter(chosen)
                .forEach(link -> plan.numberOf(link.path("ifname").asString("")).ifPresent(numbers::add));
        return numbers;
    }

    private SortedSet<Integer> namespaces() {
        var numbers = new TreeSet<Integer>();
        if (!Files.isDirectory(SlotPlan.namespaceFolder())) {
            return numbers;
        }
        try (Stream<Path> files = Files.list(SlotPlan.namespaceFolder())) {
            files.forEach(file -> plan.numberOf(file.getFileName().toString()).ifPresent(numbers::add));
            return numbers;
        } catch (IOException e) {
            throw new NetworkException(Category.INTERNAL, "could not list the network namespaces: " + e.getMessage(), e);
        }
    }

    /** Makes namespaces with both ends of their veth pairs; all stays down until {@link #connect} and {@link #furnish}. */
    void make(Collection<Integer> slots) {
        var lines = new ArrayList<String>();
        for (int slot : slots) {
            var device = plan.device(slot);
            lines.add("netns add " + device);
            lines.add("link add name " + device + " address " + GuestNetwork.GATEWAY_MAC + " mtu " + mtu + " group " + plan.group()
                    + " type veth peer name eth0 address " + GuestNetwork.MAC + " mtu " + mtu + " netns " + device);
            // No IPv6 here, and no multicast chatter of the host's.
            lines.add("link set " + device + " addrgenmode none");
        }
        Ip.batch(lines);
    }

    /** Gives a namespace what a guest finds in it, whatever is left of that, and says what is in it then. */
    NamespaceState furnish(int slot) {
        var lines = new ArrayList<>(List.of(
                "link set lo up",
                "link set eth0 addrgenmode none",
                "addr replace " + GuestNetwork.ADDRESS + "/" + GuestNetwork.PREFIX_LENGTH + " dev eth0",
                "link set eth0 up",
                "route replace default via " + GuestNetwork.GATEWAY + " dev eth0",
                "neigh flush dev eth0",
                "neigh replace " + GuestNetwork.GATEWAY + " lladdr " + GuestNetwork.GATEWAY_MAC + " dev eth0 nud permanent"));
        lines.addAll(NamespaceState.QUESTIONS);
        return NamespaceState.of(Ip.batchInside(plan.namespace(slot), lines));
    }

    /** Takes the host's ends up and routes to them, or mends what is missing of that. */
    void connect(Collection<Integer> slots) {
        var lines = new ArrayList<String>();
        for (int slot : slots) {
            var device = plan.device(slot);
            lines.add("link set " + device + " up");
            lines.add("route replace " + plan.address(slot) + "/32 dev " + device + " src " + plan.hostAddress());
            lines.add("neigh replace " + plan.address(slot) + " lladdr " + GuestNetwork.MAC + " dev " + device + " nud permanent");
        }
        Ip.batch(lines);
    }

    /**
     * Waits until both ends of these slots' veth pairs carry packets. The kernel makes them do so some time after they were
     * taken up, and drops what comes earlier.
     *
     * @throws NetworkException {@code TIMEOUT} if they do not soon
     */
    void awaitUp(Collection<Integer> slots) {
        var deadline = System.nanoTime() + LONGEST_START.toNanos();
        while (!slots.isEmpty() && !devices(link -> "UP".equals(link.path("operstate").asString(""))).containsAll(slots)) {
            if (System.nanoTime() - deadline > 0) {
                throw new NetworkException(Category.TIMEOUT, "the interfaces of the network slots " + slots + " did not come up within "
                        + LONGEST_START.toSeconds() + " s");
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    /** Removes whatever exists of these slots. A process still inside keeps its namespace but loses the way out of it. */
    void remove(Collection<Integer> slots) {
        var found = find();
        var devices = new HashSet<>(slots);
        devices.retainAll(found.devices());
        // One removal of a group costs what one removal of a device does.
        var lines = new ArrayList<String>();
        devices.forEach(slot -> lines.add("link set " + plan.device(slot) + " group " + plan.doomedGroup()));
        if (!devices.isEmpty()) {
            lines.add("link delete group " + plan.doomedGroup());
        }
        var names = new HashSet<>(slots);
        names.retainAll(found.namespaces());
        names.forEach(slot -> lines.add("netns delete " + plan.device(slot)));
        Ip.batch(lines);
    }

    /** Those of these slots in whose namespaces a process still lives. */
    Set<Integer> inhabited(Collection<Integer> slots) {
        var inUse = namespacesOfProcesses();
        var inhabited = new HashSet<Integer>();
        for (int slot : slots) {
            if (inUse.contains(inodeOf(plan.namespace(slot)))) {
                inhabited.add(slot);
            }
        }
        return inhabited;
    }

    private static Object inodeOf(Path namespace) {
        try {
            return Files.getAttribute(namespace, "unix:ino");
        } catch (IOException e) {
            throw new NetworkException(Category.INTERNAL, "could not look at the namespace " + namespace.getFileName() + ": " + e.getMessage(), e);
        }
    }

    private static Set<Object> namespacesOfProcesses() {
        var inodes = new HashSet<>();
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var process : processes) {
                inodeOfProcess(process, inodes);
            }
            return inodes;
        } catch (IOException e) {
            throw new NetworkException(Category.INTERNAL, "could not list the processes: " + e.getMessage(), e);
        }
    }

    private static void inodeOfProcess(Path process, Set<Object> inodes) {
        try {
            inodes.add(Files.getAttribute(process.resolve("ns/net"), "unix:ino"));
        } catch (IOException e) {
            // The process ended between the listing and the look: it lives nowhere.
            return;
        }
    }
}
