package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.linux.Command;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Who reaches a guest: the server, and nobody else. */
@Tag("root")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlotReachabilityTest {
    private static final int PORT = 4000;

    private Lab lab;
    private NamespaceSlotPool pool;
    private Slot slot;
    private ServerSocket server;

    @BeforeAll
    void aGuestThatServes() throws Exception {
        lab = new Lab();
        pool = lab.openPool();
        slot = pool.claim(Duration.ofSeconds(10));
        server = Wire.echoPeer(Lab.inside(slot), "0.0.0.0", PORT);
    }

    @AfterAll
    void close() throws Exception {
        server.close();
        lab.close();
    }

    private String address() {
        return slot.address().getHostAddress();
    }

    @Test
    void aPlainSocketToTheSlotsAddressArrivesAtTheGuestAndComesFromItsGateway() throws Exception {
        assertThat(Wire.ask(lab.host, address(), PORT)).isEqualTo(GuestNetwork.GATEWAY);
    }

    @Test
    void anotherUserOfThisMachineIsRefused() throws Exception {
        assertThat(lab.host.callAs(65534, () -> connect(address()))).isEqualTo("Connection refused");
        assertThat(lab.host.callAs(0, () -> connect(address()))).isEqualTo("connected");
    }

    private static String connect(String address) {
        try (var socket = new Socket(address, PORT)) {
            return socket.isConnected() ? "connected" : "not connected";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void aProgramOfAnotherUserOfThisMachineIsRefused() throws Exception {
        var connect = "exec 3<>/dev/tcp/" + address() + "/" + PORT;
        var program = lab.host.call(() -> Command.ofSystem("setpriv", "--reuid", "65534", "--clear-groups", "bash", "-c", connect).runAnyExit());
        assertThat(program.errors()).contains("Connection refused");
    }

    @Test
    void aNeighbourWhoRoutesThroughThisMachineIsRefused() throws Exception {
        assertThat(Wire.ask(lab.neighbour, address(), PORT)).isEqualTo("Connection refused");
    }

    @Test
    void anotherGuestIsRefused() throws Exception {
        var other = pool.claim(Duration.ofSeconds(10));
        assertThat(Wire.ask(Lab.inside(other), address(), PORT)).isEqualTo("Connection refused");
        pool.release(other);
    }

    @Test
    void theGuestItselfIsRefusedAtItsOuterAddress() throws Exception {
        assertThat(Wire.ask(Lab.inside(slot), address(), PORT)).isEqualTo("Connection refused");
    }

    @Test
    void datagramsOfTheServerArriveAndAreAnswered() throws Exception {
        try (var guest = Wire.datagrams(Lab.inside(slot), GuestNetwork.ADDRESS, 5000);
                var host = Wire.datagrams(lab.host, lab.plan.hostAddress(), 5001)) {
            Wire.send(host, address(), 5000, "question");
            var question = Wire.receive(guest);
            assertThat(Wire.text(question)).isEqualTo("question");
            assertThat(question.getAddress().getHostAddress()).isEqualTo(GuestNetwork.GATEWAY);
            Wire.send(guest, GuestNetwork.GATEWAY, 5001, "answer");
            assertThat(Wire.text(Wire.receive(host))).isEqualTo("answer");
        }
    }
}
