package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A guest that pretends to be somebody else is not heard. Every test sends the forged datagram first and an honest one
 * after it: when the honest one arrives first, the forged one was dropped and is not merely late.
 */
@Tag("root")
class SpoofingTest {
    private static final int PORT = 5000;

    private Lab lab;
    private Netns guest;
    private DatagramSocket server;
    private DatagramSocket hostServer;

    @BeforeEach
    void aListeningInternet() throws Exception {
        lab = new Lab();
        guest = Lab.inside(lab.openPool().claim(Duration.ofSeconds(10)));
        server = Wire.datagrams(lab.world, Lab.INTERNET, PORT);
        hostServer = Wire.datagrams(lab.host, "0.0.0.0", PORT);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        hostServer.close();
        lab.close();
    }

    private void send(String source, String text) throws Exception {
        try (var socket = guest.call(() -> new DatagramSocket(0, InetAddress.getByName(source)))) {
            guest.run(() -> Wire.send(socket, Lab.INTERNET, PORT, text));
        }
    }

    private void inGuest(String... lines) throws Exception {
        guest.run(() -> Ip.batch(List.of(lines)));
    }

    @Test
    void aForeignSourceAddressIsDropped() throws Exception {
        inGuest("address add 203.0.113.99/32 dev lo", "address add " + lab.plan.address(1) + "/32 dev lo", "address add 169.254.0.22/32 dev lo");
        send("203.0.113.99", "forged");
        send(lab.plan.address(1), "forged");
        send("169.254.0.22", "forged");
        send(GuestNetwork.ADDRESS, "honest");
        assertThat(Wire.text(Wire.receive(server))).isEqualTo("honest");
    }

    @Test
    void aForeignHardwareAddressIsDropped() throws Exception {
        inGuest("link set eth0 address 02:00:00:00:00:99", "neigh replace " + GuestNetwork.GATEWAY + " lladdr " + GuestNetwork.GATEWAY_MAC + " dev eth0 nud permanent");
        send(GuestNetwork.ADDRESS, "forged");
        inGuest("link set eth0 address " + GuestNetwork.MAC);
        send(GuestNetwork.ADDRESS, "honest");
        assertThat(Wire.text(Wire.receive(server))).isEqualTo("honest");
    }

    @Test
    void theGatewayIsFoundByArpButNotUnderAForeignAddress() throws Exception {
        inGuest("neigh delete " + GuestNetwork.GATEWAY + " dev eth0");
        send(GuestNetwork.ADDRESS, "by arp");
        assertThat(Wire.text(Wire.receive(server))).isEqualTo("by arp");
        assertThat(neighbours(guest)).contains(GuestNetwork.GATEWAY_MAC);

        inGuest("neigh flush all", "address delete 169.254.0.21/30 dev eth0", "address add 169.254.0.23/24 dev eth0");
        var before = neighbours(lab.host);
        var forged = Wire.ask(guest, GuestNetwork.GATEWAY, 9, 500);
        assertThat(forged).isEqualTo("Connect timed out");
        assertThat(neighbours(guest)).doesNotContain(GuestNetwork.GATEWAY_MAC);
        assertThat(neighbours(lab.host)).isEqualTo(before);
    }

    @Test
    void otherProtocolsThanIpv4AreDropped() throws Exception {
        inGuest("address add fe80::21/64 dev eth0 nodad", "address add fd00::21/64 dev eth0 nodad");
        lab.host.run(() -> Ip.batch(List.of("address add fd00::22/64 dev " + lab.plan.device(1) + " nodad")));
        assertThat(Wire.ask(guest, "fd00::22", 9, 500)).isEqualTo("Connect timed out");
        assertThat(Wire.ask(lab.host, "fd00::21", 9, 500)).isEqualTo("Connect timed out");
    }

    private static String neighbours(Netns where) throws Exception {
        return where.call(() -> Lab.print("ip", "neigh", "show", "nud", "reachable", "nud", "stale", "nud", "delay", "nud", "probe"));
    }
}
