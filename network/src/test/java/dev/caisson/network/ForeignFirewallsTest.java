package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Forwarding that others closed stays closed, except for guests. */
@Tag("root")
class ForeignFirewallsTest {
    private static final int PORT = 8080;

    /** As Docker sets it up. */
    private static final String DROPS_BY_POLICY = """
            table ip filter {
              chain FORWARD {
                type filter hook forward priority filter; policy drop;
                iifname "docker0" accept
              }
              chain OTHER {
                drop
              }
            }
            """;

    /** As firewalld sets it up. */
    private static final String REFUSES_AT_THE_END = """
            table inet firewalld {
              chain filter_FORWARD {
                type filter hook forward priority filter + 10; policy accept;
                ct state established,related accept
                ct state invalid counter drop
                counter reject with icmpx admin-prohibited
              }
            }
            """;

    private static final String OPEN = """
            table ip mine {
              chain forward {
                type filter hook forward priority filter; policy accept;
                tcp dport 25 drop
              }
            }
            """;

    private Lab lab;
    private ServerSocket server;

    @BeforeEach
    void aMachine() throws Exception {
        lab = new Lab();
        server = Wire.echoPeer(lab.world, "0.0.0.0", PORT);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        lab.close();
    }

    private void firewall(String rules) throws Exception {
        lab.host.run(() -> Nft.apply(List.of(rules)));
    }

    private String rulesOf(String table) throws Exception {
        return lab.host.call(() -> Lab.print("nft", "list table " + table));
    }

    private String egress(Slot slot) throws Exception {
        return Wire.ask(Lab.inside(slot), Lab.INTERNET, PORT, 500);
    }

    @Test
    void guestsPassAPolicyOfDropAndTheRulesGoWithTheInstallation() throws Exception {
        firewall(DROPS_BY_POLICY);
        var before = rulesOf("ip filter");
        var pool = lab.openPool();
        var slot = pool.claim(Duration.ofSeconds(10));

        assertThat(egress(slot)).isEqualTo(Lab.HOST_UPLINK);
        assertThat(Wire.ask(lab.neighbour, Lab.INTERNET, PORT, 500)).as("others stay closed").isEqualTo("Connect timed out");
        assertThat(rulesOf("ip filter")).contains("comment \"" + lab.name + "\"");

        lab.host.run(pool::dismantle);
        assertThat(rulesOf("ip filter")).isEqualTo(before);
    }

    @Test
    void guestsPassARefusalAtTheEnd() throws Exception {
        firewall(REFUSES_AT_THE_END);
        assertThat(egress(lab.openPool().claim(Duration.ofSeconds(10)))).isEqualTo(Lab.HOST_UPLINK);
    }

    @Test
    void aFirewallThatComesLaterOrIsReloadedIsNoticed() throws Exception {
        var slot = lab.openPool().claim(Duration.ofSeconds(10));
        assertThat(egress(slot)).isEqualTo(Lab.HOST_UPLINK);
        firewall(DROPS_BY_POLICY);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(egress(slot)).isEqualTo(Lab.HOST_UPLINK));
        firewall("delete table ip filter\n" + DROPS_BY_POLICY);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(egress(slot)).isEqualTo(Lab.HOST_UPLINK));
        await().atMost(Duration.ofSeconds(30)).until(() -> rulesOf("ip filter").contains("comment \"" + lab.name + "\""));
        assertThat(rulesOf("ip filter").split("comment", -1)).as("added once").hasSize(3);
    }

    @Test
    void aFirewallThatIsOpenIsLeftAlone() throws Exception {
        firewall(OPEN);
        var before = rulesOf("ip mine");
        assertThat(egress(lab.openPool().claim(Duration.ofSeconds(10)))).isEqualTo(Lab.HOST_UPLINK);
        assertThat(rulesOf("ip mine")).isEqualTo(before);
    }

    @Test
    void whatGuestsMayNotReachStaysClosedBehindAForeignFirewall() throws Exception {
        firewall(DROPS_BY_POLICY);
        var slot = lab.openPool().claim(Duration.ofSeconds(10));
        assertThat(Wire.ask(Lab.inside(slot), "192.168.7.7", PORT)).isEqualTo("Connection refused");
    }
}
