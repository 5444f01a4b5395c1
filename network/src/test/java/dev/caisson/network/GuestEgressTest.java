package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a guest reaches: the internet and DNS, and neither the machine, its networks, private networks nor services of clouds. */
@Tag("root")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuestEgressTest {
    private static final int PORT = 8080;
    private static final int DNS = 53;

    private Lab lab;
    private NamespaceSlotPool pool;
    private Netns guest;
    private List<ServerSocket> servers;

    @BeforeAll
    void serversEverywhere() throws Exception {
        lab = new Lab();
        servers = List.of(
                Wire.echoPeer(lab.world, "0.0.0.0", PORT), Wire.echoPeer(lab.world, "0.0.0.0", DNS),
                Wire.echoPeer(lab.host, "0.0.0.0", PORT), Wire.echoPeer(lab.neighbour, "0.0.0.0", PORT));
        pool = lab.openPool();
        guest = Lab.inside(pool.claim(Duration.ofSeconds(10)));
    }

    @AfterAll
    void close() throws Exception {
        for (var server : servers) {
            server.close();
        }
        lab.close();
    }

    @Test
    void theInternetSeesTheMachinesAddress() throws Exception {
        assertThat(Wire.ask(guest, Lab.INTERNET, PORT)).isEqualTo(Lab.HOST_UPLINK);
    }

    @Test
    void datagramsToTheInternetAreAnswered() throws Exception {
        try (var server = Wire.datagrams(lab.world, Lab.INTERNET, 5000); var client = Wire.datagrams(guest, GuestNetwork.ADDRESS, 5001)) {
            Wire.send(client, Lab.INTERNET, 5000, "question");
            var question = Wire.receive(server);
            assertThat(question.getAddress().getHostAddress()).isEqualTo(Lab.HOST_UPLINK);
            Wire.send(server, Lab.HOST_UPLINK, question.getPort(), "answer");
            assertThat(Wire.text(Wire.receive(client))).isEqualTo("answer");
        }
    }

    static Stream<String> closed() {
        return Stream.concat(Lab.CLOSED.stream(), Stream.of(Lab.HOST_UPLINK, Lab.HOST_LAN, Lab.HOST_ALONE, Lab.NEIGHBOUR, "10.202.255.254", "127.0.0.1"));
    }

    @ParameterizedTest
    @MethodSource("closed")
    void isRefusedAtOnce(String address) throws Exception {
        assertThat(Wire.ask(guest, address, PORT)).isEqualTo("Connection refused");
    }

    @ParameterizedTest
    @MethodSource("closed")
    void datagramsAreRefusedToo(String address) throws Exception {
        assumeFalse(address.startsWith("127."), "the loopback is the guest's own");
        try (var client = Wire.datagrams(guest, GuestNetwork.ADDRESS, 0)) {
            var refusal = guest.call(() -> {
                client.connect(new InetSocketAddress(address, 5000));
                Wire.send(client, address, 5000, "x");
                return refusal(client);
            });
            assertThat(refusal).isEqualTo("refused");
        }
    }

    private static String refusal(DatagramSocket client) {
        try {
            return Wire.text(Wire.receive(client));
        } catch (PortUnreachableException e) {
            return "refused";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void theGatewayOffersNothing() throws Exception {
        assertThat(Wire.ask(guest, GuestNetwork.GATEWAY, PORT)).isEqualTo("Connection refused");
    }

    @Test
    void theMachineItselfStillReachesWhatIsClosedToGuests() throws Exception {
        assertThat(Wire.ask(lab.host, "192.0.2.1", PORT)).isEqualTo(Lab.HOST_UPLINK);
        assertThat(Wire.ask(lab.host, Lab.NEIGHBOUR, PORT)).isEqualTo(Lab.HOST_LAN);
    }

    @Test
    void dnsAtTheGatewayIsTheMachinesNameServer() throws Exception {
        assertThat(Wire.ask(guest, GuestNetwork.GATEWAY, DNS)).isEqualTo(Lab.HOST_UPLINK);
        try (var server = Wire.datagrams(lab.world, Lab.NAME_SERVER, DNS); var client = Wire.datagrams(guest, GuestNetwork.ADDRESS, 0)) {
            Wire.send(client, GuestNetwork.GATEWAY, DNS, "who");
            var question = Wire.receive(server);
            assertThat(Wire.text(question)).isEqualTo("who");
            server.send(new DatagramPacket(question.getData(), question.getLength(), question.getSocketAddress()));
            var answer = Wire.receive(client);
            assertThat(answer.getAddress().getHostAddress()).isEqualTo(GuestNetwork.GATEWAY);
        }
    }

    @Test
    void theNameServerIsClosedOtherwise() throws Exception {
        assertThat(Wire.ask(guest, Lab.NAME_SERVER, DNS)).isEqualTo("Connection refused");
    }
}
