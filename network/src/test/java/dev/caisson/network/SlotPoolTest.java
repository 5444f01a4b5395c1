package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Claiming and giving back. */
@Tag("root")
class SlotPoolTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Lab lab;

    @BeforeEach
    void aMachine() throws Exception {
        lab = new Lab();
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    private NamespaceSlotPool poolOf(int ready, int most) throws Exception {
        var pool = lab.pool(lab.plan, new SlotSettings(ready, most, Duration.ofMinutes(1), 64));
        lab.host.call(pool::open);
        return pool;
    }

    private static Category categoryOf(Throwable thrown) {
        return ((NetworkException) thrown).category();
    }

    @Test
    void everyTenantHasASlotOfItsOwnAndMoreAreMadeThanWaited() throws Exception {
        var pool = poolOf(2, 64);
        var numbers = new HashSet<Integer>();
        for (int i = 0; i < 20; i++) {
            numbers.add(pool.claim(PATIENCE).number());
        }
        assertThat(numbers).hasSize(20);
    }

    @Test
    void aSlotGivenBackTwiceIsNotTakenFromTheNextTenant() throws Exception {
        var pool = poolOf(1, 2);
        var first = pool.claim(PATIENCE);
        var second = pool.claim(PATIENCE);
        pool.release(first);
        var next = pool.claim(PATIENCE);
        assertThat(next.number()).isEqualTo(first.number());

        pool.release(first);
        pool.release(first);
        pool.release(second);

        var last = pool.claim(PATIENCE);
        assertThat(last.number()).isEqualTo(second.number());
        assertThatThrownBy(() -> pool.claim(Duration.ofMillis(1))).satisfies(e -> assertThat(categoryOf(e)).isEqualTo(Category.EXHAUSTED));
    }

    @Test
    void whenAllAreUsedTheNextIsRefusedAtOnceUntilOneComesBack() throws Exception {
        var pool = poolOf(1, 3);
        var slots = new ArrayList<Slot>();
        for (int i = 0; i < 3; i++) {
            slots.add(pool.claim(PATIENCE));
        }
        assertThatThrownBy(() -> pool.claim(Duration.ofHours(1)))
                .hasMessageContaining("all 3 network slots are in use")
                .satisfies(e -> assertThat(categoryOf(e)).isEqualTo(Category.EXHAUSTED));
        pool.release(slots.getFirst());
        assertThat(pool.claim(PATIENCE).number()).isEqualTo(slots.getFirst().number());
    }

    @Test
    void aClosedPoolOffersNothingAndLeavesItsSlots() throws Exception {
        var pool = poolOf(1, 3);
        var slot = pool.claim(PATIENCE);
        lab.host.run(pool::close);
        assertThat(slot.namespace()).exists();
        assertThatThrownBy(() -> pool.claim(PATIENCE)).satisfies(e -> assertThat(categoryOf(e)).isEqualTo(Category.UNAVAILABLE));
    }

    @Test
    void aSlotWhoseAddressesTheEngineTookIsUsedAgain() throws Exception {
        var pool = poolOf(1, 1);
        var slot = pool.claim(PATIENCE);
        var wire = wire(slot);
        Lab.inside(slot).run(() -> Ip.batch(List.of("address flush dev eth0", "neigh flush all nud permanent")));
        pool.release(slot);
        var again = pool.claim(PATIENCE);
        assertThat(wire(again)).isEqualTo(wire);
        try (var server = Wire.echoPeer(Lab.inside(again), GuestNetwork.ADDRESS, 4000)) {
            assertThat(Wire.ask(lab.host, again.address().getHostAddress(), server.getLocalPort())).isEqualTo(GuestNetwork.GATEWAY);
        }
    }

    @Test
    void aSlotThatComesBackChangedIsMadeAnew() throws Exception {
        var pool = poolOf(1, 1);
        for (var change : List.of("address add 203.0.113.5/32 dev lo", "link add extra type veth peer name extra2", "route add 203.0.113.0/24 via 169.254.0.22",
                "rule add from 203.0.113.5 table 99", "link set eth0 address 02:00:00:00:00:07", "link set eth0 mtu 1300")) {
            var slot = pool.claim(PATIENCE);
            var wire = wire(slot);
            Lab.inside(slot).run(() -> Ip.batch(List.of(change)));
            pool.release(slot);
            var again = pool.claim(PATIENCE);
            assertThat(wire(again)).as(change).isNotEqualTo(wire);
            pool.release(again);
        }
    }

    @Test
    void aSlotThatAProcessStillSitsInIsMadeAnewAndTheProcessIsCutOff() throws Exception {
        var pool = poolOf(1, 1);
        var slot = pool.claim(PATIENCE);
        var wire = wire(slot);
        var process = Lab.inside(slot).call(() -> new ProcessBuilder("cat").start());
        try {
            pool.release(slot);
            var again = pool.claim(PATIENCE);
            assertThat(wire(again)).isNotEqualTo(wire);
            var links = Lab.print("nsenter", "--net=/proc/" + process.pid() + "/ns/net", "ip", "-br", "link");
            assertThat(links).contains("lo").doesNotContain("eth0");
        } finally {
            process.destroyForcibly();
        }
    }

    /** The kernel never gives an interface's index to another one; the inodes of namespaces it does. */
    private int wire(Slot slot) throws Exception {
        return lab.host.call(() -> Ip.show("link show dev " + lab.plan.device(slot.number())).getFirst().path("ifindex").asInt());
    }
}
