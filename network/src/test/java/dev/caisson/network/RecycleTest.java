package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A slot that comes back carries nothing of its last tenant. */
@Tag("root")
class RecycleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PORT = 4000;

    /** 1,000 take most of a minute on two busy processors: {@code -Dcaisson.full=true} asks for them. */
    private static final int RECYCLES = Boolean.getBoolean("caisson.full") ? 1000 : 200;
    private static final int AT_A_TIME = 20;

    private Lab lab;

    @BeforeEach
    void aMachine() throws Exception {
        lab = new Lab();
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    @Test
    void manyTenantsLeaveNoConnectionNeighbourAddressOrRule() throws Exception {
        var pool = lab.pool(lab.plan, new SlotSettings(AT_A_TIME, AT_A_TIME, Duration.ofMinutes(1), 64));
        lab.host.call(pool::open);
        try (var internet = Wire.echoPeer(lab.world, Lab.INTERNET, PORT)) {
            var slots = claim(pool);
            var rules = rules();
            var fresh = lab.host.call(() -> inside(slots.getFirst()));
            for (int recycled = 0; recycled < RECYCLES; recycled += AT_A_TIME) {
                assertThat(conntrack()).as("connections after %d recycles", recycled).doesNotContain(lab.plan.addresses() + ".");
                for (var slot : slots) {
                    assertThat(inside(slot)).as("slot %s after %d recycles", slot.number(), recycled).isEqualTo(fresh);
                }
                for (var slot : slots) {
                    leaveTraces(slot, internet.getLocalPort());
                }
                assertThat(conntrack()).contains("src=" + slots.getFirst().address().getHostAddress(), "dst=" + slots.getLast().address().getHostAddress());
                slots.forEach(pool::release);
                slots.clear();
                slots.addAll(claim(pool));
            }
            assertThat(rules().equals(rules)).as("rules are those of the beginning").isTrue();
        }
    }

    private List<Slot> claim(SlotPool pool) {
        var slots = new ArrayList<Slot>();
        for (int i = 0; i < AT_A_TIME; i++) {
            slots.add(pool.claim(PATIENCE));
        }
        return slots;
    }

    /** Connections both ways, a learnt neighbour, and what runsc does when it takes a namespace over: no address, no route. */
    private void leaveTraces(Slot slot, int internetPort) throws Exception {
        var guest = Lab.inside(slot);
        try (var server = Wire.echoPeer(guest, GuestNetwork.ADDRESS, PORT)) {
            assertThat(Wire.ask(lab.host, slot.address().getHostAddress(), server.getLocalPort())).isEqualTo(GuestNetwork.GATEWAY);
        }
        assertThat(Wire.ask(guest, Lab.INTERNET, internetPort)).isEqualTo(Lab.HOST_UPLINK);
        guest.run(() -> Ip.batch(List.of("neigh replace 169.254.0.20 lladdr 02:00:00:00:00:01 dev eth0 nud reachable", "address delete 169.254.0.21/30 dev eth0")));
    }

    private static NamespaceState inside(Slot slot) {
        return NamespaceState.of(Ip.batchInside(slot.namespace(), NamespaceState.QUESTIONS));
    }

    private String conntrack() throws Exception {
        return lab.host.call(() -> Lab.print("conntrack", "-L"));
    }

    private String rules() throws Exception {
        return lab.host.call(() -> Lab.print("nft", "-s", "list", "ruleset"));
    }

    @Test
    void aConnectionOfTheLastTenantIsCutAndNothingOfItArrivesAtTheNext() throws Exception {
        var pool = lab.pool(lab.plan, new SlotSettings(1, 1, Duration.ofMinutes(1), 64));
        lab.host.call(pool::open);
        var first = pool.claim(PATIENCE);
        var guest = Lab.inside(first);
        var server = guest.call(() -> new ServerSocket(PORT));
        try (var connection = lab.host.call(() -> new Socket(first.address(), PORT)); var accepted = server.accept()) {
            // The guest dies without a word: its wire is down before its end closes.
            guest.run(() -> Ip.batch(List.of("link set eth0 down")));
            accepted.setSoLinger(true, 0);
            accepted.close();
            server.close();
            pool.release(first);
            var next = Lab.inside(pool.claim(PATIENCE));
            var before = received(next);
            await().atMost(Duration.ofSeconds(10)).until(() -> isCut(connection));
            assertThat(received(next)).isEqualTo(before);
        }
    }

    private static boolean isCut(Socket connection) {
        try {
            connection.getOutputStream().write('x');
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Packets that have come in at {@code eth0}. */
    private static long received(Netns guest) throws Exception {
        return guest.call(() -> {
            var counters = Lab.print("ip", "-j", "-s", "link", "show", "dev", "eth0");
            return Batch.parse(counters).getFirst().path(0).path("stats64").path("rx").path("packets").asLong(-1);
        });
    }
}
