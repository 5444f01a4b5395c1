package dev.caisson.node;

import java.util.Optional;

/**
 * How the ports of a sandbox are reached from outside ({@code contract/rest-api.md} §4.1); fixed when it is made. Envd's own
 * port is not concerned. Immutable.
 *
 * @param stated whether the client said anything about the network, so that it is to be told
 * @param open whether anybody may send requests; otherwise only who has the sandbox's traffic token
 * @param hostMask what services see as {@code Host} instead of the name that clients use, {@code ${PORT}} standing for the
 *     port; empty for the clients' own
 */
public record Ingress(boolean stated, boolean open, String hostMask) {
    /** Nothing was said: anybody, under the name that clients use. */
    public static final Ingress OPEN = new Ingress(false, true, "");

    private static final String PORT = "${PORT}";

    /** What a service on this port is to see as {@code Host}, if not the clients' own. */
    public Optional<String> maskedHost(int port) {
        return hostMask.isEmpty() ? Optional.empty() : Optional.of(hostMask.replace(PORT, Integer.toString(port)));
    }
}
