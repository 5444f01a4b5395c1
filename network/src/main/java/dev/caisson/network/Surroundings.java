package dev.caisson.network;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What the rules must know of the machine's own network.
 *
 * @param connected networks that a neighbour of this machine may sit in, as {@code a.b.c.d/n}
 * @param nameServer where guests' DNS goes; without one it is refused
 */
record Surroundings(SortedSet<String> connected, Optional<String> nameServer) {
    /**
     * Never reachable from a guest: this network, private, shared, loopback, link-local, protocol assignments, the test
     * network whose {@code 192.0.2.1} guests use for a service of their own, benchmarking, multicast and reserved
     * ({@code contract/rest-api.md} §5.6 and RFC 6890).
     */
    private static final List<String> CLOSED = List.of(
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3");

    /** The two sets of forbidden destinations, for inside a table. */
    String sets(SlotPlan plan) {
        return """
                set closed {
                    type ipv4_addr; flags interval; auto-merge;
                    elements = { %s, %s }
                  }
                  set connected {
                    type ipv4_addr; flags interval; auto-merge;
                    %s
                  }""".formatted(
                String.join(", ", CLOSED),
                plan.range(),
                connected.isEmpty() ? "" : "elements = { " + String.join(", ", connected) + " }");
    }

    /** Fills the emptied set {@code connected} of a table. */
    String addConnected(String table) {
        return connected.isEmpty() ? "" : "add element " + table + " connected { " + String.join(", ", connected) + " }";
    }
}
