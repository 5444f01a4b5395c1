package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The rules follow the machine's own network while guests run. */
@Tag("root")
class ChangingSurroundingsTest {
    private static final int PORT = 8080;
    private static final int DNS = 53;
    private static final String REFUSED = "Connection refused";

    private Lab lab;
    private Netns guest;

    @BeforeEach
    void aGuest() throws Exception {
        lab = new Lab();
        guest = Lab.inside(lab.openPool().claim(Duration.ofSeconds(10)));
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    private void becomes(String expected, String address, int port) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(Wire.ask(guest, address, port)).isEqualTo(expected));
    }

    @Test
    void aNewlyConnectedNetworkIsClosedAndOpensAgainWhenItGoes() throws Exception {
        try (var server = Wire.echoPeer(lab.world, "0.0.0.0", PORT)) {
            becomes(Lab.HOST_UPLINK, Lab.INTERNET, server.getLocalPort());
            lab.host.run(() -> Ip.batch(List.of("route add 203.0.113.0/25 dev uplink")));
            becomes(REFUSED, Lab.INTERNET, PORT);
            lab.host.run(() -> Ip.batch(List.of("route delete 203.0.113.0/25 dev uplink")));
            becomes(Lab.HOST_UPLINK, Lab.INTERNET, PORT);
        }
    }

    @Test
    void dnsGoesToWhateverServerTheMachineNames() throws Exception {
        try (var server = Wire.echoPeer(lab.world, "0.0.0.0", DNS)) {
            becomes(Lab.HOST_UPLINK, GuestNetwork.GATEWAY, server.getLocalPort());
            Files.writeString(lab.resolverFile, "nameserver 127.0.0.53\n");
            becomes(REFUSED, GuestNetwork.GATEWAY, DNS);
            Files.writeString(lab.resolverFile, "search x\nnameserver 127.0.0.53\nnameserver " + Lab.INTERNET + "\n");
            becomes(Lab.HOST_UPLINK, GuestNetwork.GATEWAY, DNS);
        }
    }

    @Test
    void aNameServerOnTheMachineAnswersAtTheGatewayAndNowhereElse() throws Exception {
        // Name servers do not run as root.
        var socket = lab.host.callAs(65534, () -> new ServerSocket(DNS, 50, InetAddress.getByName(Lab.HOST_LAN)));
        try (var server = Wire.answering(socket)) {
            Files.writeString(lab.resolverFile, "nameserver " + Lab.HOST_LAN + "\n");
            becomes(lab.plan.address(1), GuestNetwork.GATEWAY, server.getLocalPort());
            assertThat(Wire.ask(guest, Lab.HOST_LAN, DNS)).isEqualTo(REFUSED);
        }
    }

    @Test
    void forwardingThatSomebodyTurnedOffIsTurnedOnAgain() throws Exception {
        try (var server = Wire.echoPeer(lab.world, "0.0.0.0", PORT)) {
            lab.host.run(() -> Lab.print("sysctl", "-w", "net.ipv4.ip_forward=0"));
            becomes(Lab.HOST_UPLINK, Lab.INTERNET, server.getLocalPort());
        }
    }
}
