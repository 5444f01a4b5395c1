package dev.caisson.network;

import dev.caisson.base.Category;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Reads the machine's {@link Surroundings} from files alone, so that looking often costs nothing. */
final class SurroundingsReader {
    private static final Pattern NAME_SERVER = Pattern.compile("^nameserver\\s+(\\d{1,3}(?:\\.\\d{1,3}){3})\\s*$", Pattern.MULTILINE);

    /** Ethernet's, where the machine has no way to the internet. */
    private static final int USUAL_MTU = 1500;

    private final SlotPlan plan;
    private final List<Path> resolverFiles;

    /** @param resolverFiles resolv.conf(5) files; the first that names a server beyond the loopback is followed */
    SurroundingsReader(SlotPlan plan, List<Path> resolverFiles) {
        this.plan = plan;
        this.resolverFiles = resolverFiles;
    }

    /** Follows systemd-resolved's upstreams where {@code /etc/resolv.conf} names only its stub on the loopback. */
    static List<Path> usualResolverFiles() {
        return List.of(Path.of("/etc/resolv.conf"), Path.of("/run/systemd/resolve/resolv.conf"));
    }

    Surroundings read() {
        var connected = new TreeSet<String>();
        routes().stream().filter(Route::isConnected).filter(this::isForeign).map(Route::network).forEach(connected::add);
        return new Surroundings(Collections.unmodifiableSortedSet(connected), nameServer());
    }

    /** The largest packet, in bytes, that the way to the internet takes. */
    int mtu() {
        return routes().stream().filter(Route::isDefault).mapToInt(route -> mtuOf(route.device())).min().orElse(USUAL_MTU);
    }

    private boolean isForeign(Route route) {
        return plan.numberOf(route.device()).isEmpty();
    }

    /** A line of {@code /proc/net/route} (proc(5)): addresses are hexadecimal in host order. */
    private record Route(String device, int destination, int gateway, int flags, int mask) {
        private static final int UP = 0x1;
        private static final int REJECT = 0x200;

        static Route parse(String line) {
            var fields = line.trim().split("\\s+");
            return new Route(fields[0], hex(fields[1]), hex(fields[2]), hex(fields[3]), hex(fields[7]));
        }

        private static int hex(String field) {
            return Integer.parseUnsignedInt(field, 16);
        }

        boolean isDefault() {
            return mask == 0 && isUsable();
        }

        boolean isConnected() {
            return mask != 0 && gateway == 0 && isUsable();
        }

        private boolean isUsable() {
            return (flags & UP) != 0 && (flags & REJECT) == 0;
        }

        /** The kernel prints the address as the little-endian number that it is in memory. */
        String network() {
            return "%d.%d.%d.%d/%d".formatted(destination & 0xff, destination >>> 8 & 0xff, destination >>> 16 & 0xff,
                    destination >>> 24, Integer.bitCount(mask));
        }
    }

    private static List<Route> routes() {
        try (var lines = Files.lines(Path.of("/proc/thread-self/net/route"))) {
            return lines.skip(1).filter(line -> !line.isBlank()).map(Route::parse).toList();
        } catch (IOException e) {
            throw new NetworkException(Category.INTERNAL, "could not read the machine's routes: " + e.getMessage(), e);
        }
    }

    private static int mtuOf(String device) {
        try {
            var found = NetworkInterface.getByName(device);
            return found == null ? USUAL_MTU : found.getMTU();
        } catch (SocketException e) {
            throw new NetworkException(Category.INTERNAL, "could not read the packet size of " + device + ": " + e.getMessage(), e);
        }
    }

    private Optional<String> nameServer() {
        return resolverFiles.stream().flatMap(file -> nameServersIn(file).stream()).filter(server -> !server.startsWith("127.")).findFirst();
    }

    private static List<String> nameServersIn(Path file) {
        if (!Files.isReadable(file)) {
            return List.of();
        }
        try {
            return NAME_SERVER.matcher(Files.readString(file)).results()
                    .map(match -> match.group(1))
                    .filter(server -> IntStream.of(octets(server)).allMatch(octet -> octet <= 255))
                    .toList();
        } catch (IOException e) {
            throw new NetworkException(Category.INTERNAL, "could not read " + file + ": " + e.getMessage(), e);
        }
    }

    private static int[] octets(String address) {
        return Pattern.compile("\\.").splitAsStream(address).mapToInt(Integer::parseInt).toArray();
    }
}
