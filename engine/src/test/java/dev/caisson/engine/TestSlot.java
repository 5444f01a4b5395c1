package dev.caisson.engine;

import dev.caisson.linux.Command;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** A network namespace as engines are given it, made by hand: a guest at 169.254.0.21 that the host reaches at an address of its own. */
public final class TestSlot implements AutoCloseable {
    /** The host, as every guest sees it. */
    static final String HOST = "169.254.0.22";
    private static final String GUEST = "169.254.0.21";
    private static final String GUEST_MAC = "02:fc:00:00:00:05";
    private static final int PORT = 7000;

    private final String name;
    private final String address;

    /** @param name of the namespace, the host's interface and the table; at most 15 characters */
    TestSlot(String name, String address) {
        this.name = name;
        this.address = address;
        ip("netns", "add", name);
        ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name);
        ip("-n", name, "link", "set", "eth0", "address", GUEST_MAC, "up");
        ip("-n", name, "link", "set", "lo", "up");
        readdress();
        ip("addr", "add", HOST + "/32", "dev", name);
        ip("link", "set", name, "up");
        ip("route", "add", address + "/32", "dev", name);
        ip("neigh", "replace", address, "lladdr", GUEST_MAC, "dev", name, "nud", "permanent");
        Command.ofSystem("nft", "-f", "-").withInput("""
                table netdev NAME {
                  chain in { type filter hook ingress device NAME priority 0; ip saddr GUEST ip saddr set ADDRESS; arp saddr ip GUEST arp saddr ip set ADDRESS; }
                  chain out { type filter hook egress device NAME priority 0; ip daddr ADDRESS ip daddr set GUEST; arp daddr ip ADDRESS arp daddr ip set GUEST; }
                }
                """.replace("NAME", name).replace("GUEST", GUEST).replace("ADDRESS", address)).run();
    }

    Path namespace() {
        return Path.of("/run/netns", name);
    }

    /** Gives the namespace its address and route again, which an engine may take from it. */
    public void readdress() {
        ip("-n", name, "addr", "replace", GUEST + "/30", "dev", "eth0");
        ip("-n", name, "route", "replace", "default", "via", HOST);
    }

    /** Sends one line to the guest and gives the one it answers with. */
    public String ask(String request) throws IOException {
        return ask(request, 20_000);
    }

    String ask(String request, int timeoutMillis) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, PORT), timeoutMillis);
            socket.setSoTimeout(timeoutMillis);
            socket.getOutputStream().write((request + "\n").getBytes(StandardCharsets.UTF_8));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.endsWith("\n")) {
                throw new IOException("the guest hung up before it had answered '" + request + "'");
            }
            return answer.strip();
        }
    }

    public boolean answers() {
        try {
            return ask("ping", 300).equals("pong");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        Command.ofSystem("nft", "delete", "table", "netdev", name).runAnyExit();
        ip("link", "delete", name);
        ip("netns", "delete", name);
    }

    private static void ip(String... arguments) {
        Command.ofSystem("ip", arguments).withEnvironment(Map.of()).run();
    }
}
