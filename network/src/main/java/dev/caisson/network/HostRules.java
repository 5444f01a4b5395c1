package dev.caisson.network;

import java.util.List;

/**
 * The rules between slots, this machine and the world, as nftables text (family {@code inet}): guests reach the internet
 * and the machine's name server, only root's processes reach guests, and nothing is forwarded to a guest that it did not
 * ask for.
 */
final class HostRules {
    private final SlotPlan plan;
    private final SlotSettings settings;

    HostRules(SlotPlan plan, SlotSettings settings) {
        this.plan = plan;
        this.settings = settings;
    }

    /** The whole table, replacing whatever is there in one transaction. */
    List<String> table(Surroundings surroundings) {
        return List.of(
                "add table inet " + plan.name(),
                "delete table inet " + plan.name(),
                """
                table inet %1$s {
                  %2$s
                  set connections {
                    type ipv4_addr; size 65535; flags dynamic;
                  }
                  chain input {
                    type filter hook input priority filter; policy accept;
                    iifname %3$s goto guest-to-host
                  }
                  chain output {
                    type filter hook output priority filter; policy accept;
                    oifname %3$s goto host-to-guest
                  }
                  chain forward {
                    type filter hook forward priority filter; policy accept;
                    iifname %3$s goto guest-to-world
                    oifname %3$s goto world-to-guest
                  }
                  chain names {
                    type nat hook prerouting priority dstnat; policy accept;
                    %4$s
                  }
                  chain leave {
                    type nat hook postrouting priority srcnat; policy accept;
                    ip saddr %5$s oifname != %3$s masquerade
                  }
                  chain guest-to-host {
                    ct state established,related accept
                    ct status dnat meta l4proto { tcp, udp } th dport 53 accept
                    goto refuse
                  }
                  chain host-to-guest {
                    ct state established ct direction reply accept
                    meta skuid != 0 goto refuse
                    ct state new tcp flags & (syn | ack) != syn goto refuse
                    accept
                  }
                  chain guest-to-world {
                    oifname %3$s goto refuse
                    tcp flags syn tcp option maxseg size set rt mtu
                    ct state established,related accept
                    ct state invalid drop
                    ct state new tcp flags & (syn | ack) != syn goto refuse
                    ct status dnat meta l4proto { tcp, udp } th dport 53 goto admit
                    ip daddr @closed goto refuse
                    ip daddr @connected goto refuse
                    meta nfproto ipv4 goto admit
                    goto refuse
                  }
                  chain admit {
                    add @connections { ip saddr ct count over %6$d } goto refuse
                    accept
                  }
                  chain world-to-guest {
                    tcp flags syn tcp option maxseg size set rt mtu
                    ct state established,related accept
                    goto refuse
                  }
                  chain refuse {
                    meta l4proto tcp reject with tcp reset
                    meta l4proto udp reject with icmpx type port-unreachable
                    reject with icmpx type admin-prohibited
                  }
                }
                """.formatted(plan.name(), surroundings.sets(plan), plan.anyDevice(), names(surroundings), plan.range(),
                settings.connections()));
    }

    /** What changed around the slots, without touching what counts and tracks connections. */
    List<String> update(Surroundings surroundings) {
        var table = "inet " + plan.name();
        return List.of(
                "flush set " + table + " connected",
                "flush set netdev " + plan.name() + " connected",
                surroundings.addConnected(table),
                surroundings.addConnected("netdev " + plan.name()),
                "flush chain " + table + " names",
                names(surroundings).isEmpty() ? "" : "add rule " + table + " names " + names(surroundings));
    }

    /** Forgets how many connections a guest had. Adding first makes deleting succeed whether there were any or not. */
    List<String> forgetConnections(int slot) {
        var set = "element inet " + plan.name() + " connections { " + plan.address(slot);
        return List.of("add " + set + " ct count over " + settings.connections() + " }", "delete " + set + " }");
    }

    private String names(Surroundings surroundings) {
        return surroundings.nameServer()
                .map(server -> "iifname " + plan.anyDevice() + " ip daddr " + plan.hostAddress()
                        + " meta l4proto { tcp, udp } th dport 53 dnat ip to " + server)
                .orElse("");
    }
}
