package dev.caisson.network;

import dev.caisson.base.Category;
import dev.caisson.linux.ConnectionTable;
import dev.caisson.linux.LinuxException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one installation changes on the machine beside the slots themselves: two nftables tables, an address, a route, a
 * kernel setting, and rules in foreign firewalls. Not thread-safe.
 */
final class HostNetwork {
    private static final Logger LOG = LoggerFactory.getLogger(HostNetwork.class);

    private final SlotPlan plan;
    private final SurroundingsReader reader;
    private final SlotRules slotRules;
    private final HostRules hostRules;
    private final KernelForwarding forwarding;
    private final ForeignFirewalls foreign;
    private Surroundings surroundings;

    HostNetwork(SlotPlan plan, SlotSettings settings, SurroundingsReader reader) {
        this.plan = plan;
        this.reader = reader;
        slotRules = new SlotRules(plan);
        hostRules = new HostRules(plan, settings);
        forwarding = new KernelForwarding(plan);
        foreign = new ForeignFirewalls(plan);
        surroundings = reader.read();
    }

    /**
     * Makes everything or replaces what is there, without a moment in between that lacks a rule.
     *
     * @param devices the slots that exist
     */
    void set(Collection<Integer> devices) {
        surroundings = reader.read();
        checkRangeIsFree();
        Ip.batch(List.of(
                "address replace " + plan.hostAddress() + "/32 dev lo",
                // A slot that is gone must not be looked for outside.
                "route replace unreachable " + plan.range()));
        var lines = new ArrayList<>(hostRules.table(surroundings));
        lines.addAll(slotRules.table(devices, surroundings));
        Nft.apply(lines);
        forwarding.turnOn();
        foreign.open();
        warnWithoutNameServer();
    }

    private void checkRangeIsFree() {
        surroundings.connected().stream().filter(network -> network.startsWith(plan.addresses() + ".")).findFirst().ifPresent(network -> {
            throw new NetworkException(Category.CONFLICT, "the slots' address range " + plan.range()
                    + " is in use on this machine: it is connected to " + network + "; choose another range");
        });
    }

    private void warnWithoutNameServer() {
        if (surroundings.nameServer().isEmpty()) {
            LOG.warn("this machine names no DNS server beyond its own loopback; guests have no DNS");
        }
    }

    void addSlots(Collection<Integer> slots) {
        Nft.apply(slots.stream().flatMap(slot -> slotRules.add(slot).stream()).toList());
    }

    void removeSlots(Collection<Integer> slots) {
        Nft.apply(slots.stream().flatMap(slot -> slotRules.remove(slot).stream()).toList());
    }

    /** Cuts every connection that these slots' tenants had: what still arrives of one is refused. */
    void cutConnections(Collection<Integer> slots) {
        var addresses = slots.stream().map(plan::numericAddress).collect(Collectors.toUnmodifiableSet());
        forgetConnections(addresses::contains);
        Nft.apply(slots.stream().flatMap(slot -> hostRules.forgetConnections(slot).stream()).toList());
    }

    /** Follows what changed around the slots since {@link #set}. */
    void refresh() {
        var now = reader.read();
        if (!now.equals(surroundings)) {
            Nft.apply(hostRules.update(now));
            surroundings = now;
            LOG.info("the machine's network changed: connected to {}, DNS {}", now.connected(), now.nameServer());
            warnWithoutNameServer();
        }
        forwarding.keepOn();
        foreign.open();
    }

    /** Takes everything away again; what is gone already is no failure. */
    void remove() {
        foreign.restore();
        forwarding.restore();
        // Adding first makes deleting succeed whether the table exists or not.
        Nft.apply(List.of("add table inet " + plan.name(), "delete table inet " + plan.name(),
                "add table netdev " + plan.name(), "delete table netdev " + plan.name()));
        Ip.tryBatch(List.of("address delete " + plan.hostAddress() + "/32 dev lo", "route delete unreachable " + plan.range()));
        forgetConnections(plan::isInRange);
    }

    private static void forgetConnections(IntPredicate addresses) {
        try {
            ConnectionTable.forget(addresses);
        } catch (LinuxException e) {
            throw new NetworkException(e.category(), "could not cut the connections of network slots: " + e.getMessage(), e);
        }
    }
}
