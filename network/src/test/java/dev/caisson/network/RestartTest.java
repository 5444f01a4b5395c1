package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A new server finds the slots of the one before it. */
@Tag("root")
class RestartTest {
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

    @Test
    void anAdoptedSlotStaysWithItsTenantAndTheOthersAreUsedAgain() throws Exception {
        var before = lab.openPool();
        var kept = before.claim(PATIENCE);
        var lost = before.claim(PATIENCE);
        lab.host.run(before::close);

        try (var server = Wire.echoPeer(Lab.inside(kept), GuestNetwork.ADDRESS, 4000)) {
            var after = lab.pool();
            var adopted = lab.host.call(() -> after.adopt(Set.of(kept.number()))).values().iterator().next();
            assertThat(adopted.address()).isEqualTo(kept.address());
            assertThat(Wire.ask(lab.host, adopted.address().getHostAddress(), server.getLocalPort())).isEqualTo(GuestNetwork.GATEWAY);

            var leftOver = lab.host.call(after::open);
            assertThat(leftOver).contains(lost.number()).doesNotContain(kept.number());
            var claimed = new HashSet<Integer>();
            for (int i = 0; i < leftOver.size() + 3; i++) {
                claimed.add(after.claim(PATIENCE).number());
            }
            assertThat(claimed).containsAll(leftOver).doesNotContain(kept.number());
            assertThat(Wire.ask(lab.host, adopted.address().getHostAddress(), server.getLocalPort())).isEqualTo(GuestNetwork.GATEWAY);

            after.release(adopted);
        }
    }

    @Test
    void adoptingMendsWhatIsMissing() throws Exception {
        var before = lab.openPool();
        var slot = before.claim(PATIENCE);
        lab.host.run(before::close);
        var device = lab.plan.device(slot.number());
        lab.host.run(() -> {
            Nft.apply(List.of("delete table inet " + lab.name, "delete table netdev " + lab.name));
            Ip.batch(List.of("link set " + device + " down", "neigh flush dev " + device + " nud all", "address delete " + lab.plan.hostAddress() + "/32 dev lo",
                    "route delete unreachable " + lab.plan.range()));
        });
        try (var server = Wire.echoPeer(Lab.inside(slot), GuestNetwork.ADDRESS, 4000)) {
            var after = lab.pool();
            lab.host.call(() -> after.adopt(Set.of(slot.number())));
            assertThat(Wire.ask(lab.host, slot.address().getHostAddress(), server.getLocalPort())).isEqualTo(GuestNetwork.GATEWAY);
            assertThat(Wire.ask(lab.neighbour, slot.address().getHostAddress(), server.getLocalPort())).isEqualTo("Connection refused");
        }
    }

    @Test
    void aSlotThatIsGoneCannotBeAdopted() throws Exception {
        var pool = lab.pool();
        assertThat(lab.host.call(() -> pool.adopt(Set.of(5)))).isEmpty();
    }

    @Test
    void halvesOfSlotsAreRemovedAndTheirNumbersUsedAgain() throws Exception {
        // A namespace without its wire, a wire without its namespace, and the file of a namespace that was never mounted.
        var first = lab.openPool();
        first.claim(PATIENCE);
        first.claim(PATIENCE);
        lab.host.run(first::close);
        lab.host.run(() -> Ip.batch(List.of("link delete " + lab.plan.device(1))));
        var process = new Netns(lab.plan.device(2)).call(() -> new ProcessBuilder("cat").start());
        Ip.batch(List.of("netns delete " + lab.plan.device(2)));
        Files.createFile(lab.plan.namespace(3000));
        try {
            var pool = lab.pool();
            assertThat(lab.host.call(pool::open)).contains(1, 2, 3000);
            var claimed = new HashSet<Integer>();
            for (int i = 0; i < 8; i++) {
                claimed.add(pool.claim(PATIENCE).number());
            }
            assertThat(claimed).containsAll(Set.of(1, 2));
            assertThat(lab.plan.namespace(3000)).doesNotExist();
        } finally {
            process.destroyForcibly();
        }
    }
}
