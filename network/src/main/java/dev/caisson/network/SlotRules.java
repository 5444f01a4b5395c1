package dev.caisson.network;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The rules at each slot's device, as nftables text (family {@code netdev}): the guest's addresses are translated without
 * connection tracking, and what is not the guest's own or goes where no guest may go ends here.
 *
 * <p>Refusals belong here rather than in the host's {@code forward} chain because the guest must recognise its own
 * packet inside an ICMP answer, and here it is not translated yet. Datagrams are answered with "port unreachable"
 * because gVisor hands its guests no other kind.
 */
final class SlotRules {
    private final SlotPlan plan;

    SlotRules(SlotPlan plan) {
        this.plan = plan;
    }

    /** The whole table, replacing whatever is there in one transaction. */
    List<String> table(Collection<Integer> slots, Surroundings surroundings) {
        var lines = new ArrayList<String>();
        lines.add("add table netdev " + plan.name());
        lines.add("delete table netdev " + plan.name());
        lines.add("""
                table netdev %1$s {
                  %2$s
                  chain from-guest {
                    ether saddr != %3$s drop
                    ether type arp goto arp-from-guest
                    ether type != ip drop
                    ip saddr != %4$s drop
                    ip hdrlength != 5 drop
                    ip daddr %5$s ip daddr set %6$s return
                    ip daddr @closed goto refuse
                    ip daddr @connected goto refuse
                    fib daddr type != unicast goto refuse
                  }
                  chain arp-from-guest {
                    arp htype 1 arp ptype ip arp saddr ether %3$s arp saddr ip %4$s arp daddr ip %5$s arp daddr ip set %6$s return
                    drop
                  }
                  chain refuse {
                    ip daddr 224.0.0.0/3 drop
                    meta l4proto tcp reject with tcp reset
                    meta l4proto udp reject with icmp type port-unreachable
                    reject with icmp type admin-prohibited
                  }
                  chain to-guest {
                    ip saddr %6$s ip saddr set %5$s
                    accept
                  }
                  chain arp-to-guest {
                    arp saddr ip set %5$s arp daddr ip set %4$s accept
                  }
                }
                """.formatted(plan.name(), surroundings.sets(plan), GuestNetwork.MAC, GuestNetwork.ADDRESS,
                GuestNetwork.GATEWAY, plan.hostAddress()));
        slots.forEach(slot -> lines.addAll(add(slot)));
        return lines;
    }

    /** The chains of one slot, whose device must exist. */
    List<String> add(int slot) {
        var in = "netdev " + plan.name() + " in-" + slot;
        var out = "netdev " + plan.name() + " out-" + slot;
        var device = "device \"" + plan.device(slot) + "\" priority 0; policy drop;";
        var address = plan.address(slot);
        return List.of(
                "add chain " + in + " { type filter hook ingress " + device + " }",
                "add rule " + in + " jump from-guest",
                "add rule " + in + " ether type ip ip saddr set " + address + " accept",
                "add rule " + in + " ether type arp arp saddr ip set " + address + " accept",
                "add chain " + out + " { type filter hook egress " + device + " }",
                "add rule " + out + " ip daddr " + address + " ip daddr set " + GuestNetwork.ADDRESS + " goto to-guest",
                "add rule " + out + " arp daddr ip " + address + " goto arp-to-guest",
                // What chain "refuse" answers is addressed to the guest already.
                "add rule " + out + " ip daddr " + GuestNetwork.ADDRESS + " accept");
    }

    /** Takes away the chains of one slot; both must exist. */
    List<String> remove(int slot) {
        return List.of(
                "delete chain netdev " + plan.name() + " in-" + slot,
                "delete chain netdev " + plan.name() + " out-" + slot);
    }
}
