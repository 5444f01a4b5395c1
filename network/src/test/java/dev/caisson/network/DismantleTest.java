package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an installation changed on the machine goes when it goes, and what is another's stays. */
@Tag("root")
class DismantleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final SlotSettings SETTINGS = new SlotSettings(2, 64, Duration.ofMillis(200), 64);

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
    void nothingIsLeftOfAnInstallationThatWasUsed() throws Exception {
        lab.host.run(() -> Nft.apply(List.of("table ip filter { chain FORWARD { type filter hook forward priority 0; policy drop; }; }")));
        var before = lab.state();
        var pool = lab.openPool();
        var slot = pool.claim(PATIENCE);
        try (var server = Wire.echoPeer(Lab.inside(slot), GuestNetwork.ADDRESS, 4000)) {
            assertThat(Wire.ask(lab.host, slot.address().getHostAddress(), server.getLocalPort())).isEqualTo(GuestNetwork.GATEWAY);
        }
        assertThat(Lab.difference(before, lab.state())).isNotEmpty();

        lab.host.run(pool::dismantle);
        assertThat(Lab.difference(before, lab.state())).isEmpty();

        lab.host.run(pool::dismantle);
        assertThat(Lab.difference(before, lab.state())).as("a second time does no harm").isEmpty();
    }

    @Test
    void nothingIsLeftAfterTheServerWasKilledInTheMiddleOfItsWork() throws Exception {
        var before = lab.state();
        for (int i = 0; i < 3; i++) {
            var server = lab.host.call(() -> new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED",
                    "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Restless.class.getName(), lab.name)
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start());
            try (var output = server.inputReader(StandardCharsets.UTF_8)) {
                assertThat(output.readLine()).isEqualTo("working");
                assertThat(output.readLine()).isEqualTo("working");
            } finally {
                server.destroyForcibly();
            }
            assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(Lab.difference(before, lab.state())).isNotEmpty();
            lab.host.run(lab.pool()::dismantle);
            assertThat(Lab.difference(before, lab.state())).isEmpty();
        }
    }

    /** A server that makes, cleans and removes slots without rest until it is killed. */
    static final class Restless {
        public static void main(String[] arguments) {
            var folder = Path.of("/run", arguments[0]);
            var pool = new NamespaceSlotPool(new Installation(arguments[0], folder, folder, "10.202"), new SlotSettings(4, 64, Duration.ofMillis(50), 64));
            pool.open();
            while (true) {
                var slots = IntStream.range(0, 6).mapToObj(i -> pool.claim(PATIENCE)).toList();
                System.out.println("working");
                slots.forEach(pool::release);
            }
        }
    }

    @Test
    void twoInstallationsDoNotMeetAndTheLastOneToGoPutsTheKernelsSettingsBack() throws Exception {
        var before = lab.state();
        var first = lab.openPool();
        var second = lab.pool(new SlotPlan(lab.name + "b", "10.203"), SETTINGS);
        lab.host.call(second::open);
        var mine = first.claim(PATIENCE);
        var theirs = second.claim(PATIENCE);
        try (var world = Wire.echoPeer(lab.world, "0.0.0.0", 8080); var guest = Wire.echoPeer(Lab.inside(theirs), "0.0.0.0", 4000)) {
            assertThat(Wire.ask(Lab.inside(mine), Lab.INTERNET, world.getLocalPort())).isEqualTo(Lab.HOST_UPLINK);
            assertThat(Wire.ask(Lab.inside(theirs), Lab.INTERNET, 8080)).isEqualTo(Lab.HOST_UPLINK);
            assertThat(Wire.ask(lab.host, theirs.address().getHostAddress(), guest.getLocalPort())).isEqualTo(GuestNetwork.GATEWAY);
            assertThat(Wire.ask(Lab.inside(mine), theirs.address().getHostAddress(), 4000)).isEqualTo("Connection refused");

            lab.host.run(first::dismantle);

            assertThat(Wire.ask(Lab.inside(theirs), Lab.INTERNET, 8080)).isEqualTo(Lab.HOST_UPLINK);
            assertThat(Wire.ask(lab.host, theirs.address().getHostAddress(), 4000)).isEqualTo(GuestNetwork.GATEWAY);
        }
        lab.host.run(second::dismantle);
        assertThat(Lab.difference(before, lab.state())).isEmpty();
    }

    @Test
    void aMachineThatDidNotForwardForwardsForSlotsOnly() throws Exception {
        var first = lab.openPool();
        var second = lab.pool(new SlotPlan(lab.name + "b", "10.203"), SETTINGS);
        lab.host.call(second::open);
        try (var world = Wire.echoPeer(lab.world, "0.0.0.0", 8080)) {
            assertThat(Wire.ask(Lab.inside(first.claim(PATIENCE)), Lab.INTERNET, world.getLocalPort())).isEqualTo(Lab.HOST_UPLINK);
            assertThat(Wire.ask(Lab.inside(second.claim(PATIENCE)), Lab.INTERNET, 8080)).isEqualTo(Lab.HOST_UPLINK);
            assertThat(Wire.ask(lab.neighbour, Lab.INTERNET, 8080, 500)).isEqualTo("Connect timed out");
            lab.host.run(first::dismantle);
            assertThat(Wire.ask(lab.neighbour, Lab.INTERNET, 8080, 500)).as("the other's record is enough").isEqualTo("Connect timed out");
        }
    }

    @Test
    void aMachineThatForwardedForOthersStillDoes() throws Exception {
        lab.host.run(() -> Lab.print("sysctl", "-w", "net.ipv4.ip_forward=1"));
        lab.openPool();
        try (var world = Wire.echoPeer(lab.world, "0.0.0.0", 8080)) {
            assertThat(Wire.ask(lab.neighbour, Lab.INTERNET, world.getLocalPort())).isEqualTo(Lab.NEIGHBOUR);
        }
    }

    @Test
    void forwardingThatWasOnStaysOn() throws Exception {
        lab.host.run(() -> Lab.print("sysctl", "-w", "net.ipv4.ip_forward=1"));
        var before = lab.state();
        var pool = lab.openPool();
        pool.claim(PATIENCE);
        lab.host.run(pool::dismantle);
        assertThat(Lab.difference(before, lab.state())).isEmpty();
    }

    @Test
    void aRangeThatTheMachineUsesIsRefused() throws Exception {
        var pool = lab.pool(new SlotPlan(lab.name, "203.0"), SETTINGS);
        assertThatThrownBy(() -> lab.host.call(pool::open))
                .hasMessageContaining("203.0.114.0/24")
                .hasMessageContaining("choose another range")
                .satisfies(e -> assertThat(((NetworkException) e).category()).isEqualTo(Category.CONFLICT));
    }
}
