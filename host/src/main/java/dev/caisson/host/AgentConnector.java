package dev.caisson.host;

import dev.caisson.guest.GuestAgent;
import java.net.InetSocketAddress;
import java.time.Duration;

/** How a link is opened; {@code GuestLink::connect}, or a fake. */
@FunctionalInterface
public interface AgentConnector {

    /**
     * Connects, trying again for as long as the agent is still starting.
     *
     * @param key of the link, 32 bytes
     * @throws dev.caisson.guest.GuestException {@code TIMEOUT} or {@code UNAVAILABLE} if no agent that knows the key
     *     answered within {@code patience}
     */
    GuestAgent connect(InetSocketAddress address, byte[] key, Duration patience);
}
