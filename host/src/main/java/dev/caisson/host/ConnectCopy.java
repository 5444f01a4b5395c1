package dev.caisson.host;

import java.net.InetSocketAddress;
import java.time.Duration;

/** Opens the link to the agent of a restored copy, which still knows the key that the saved sandbox had. */
final class ConnectCopy implements Step {
    private final AgentConnector connector;
    private final LinkKeys keys;
    private final Duration patience;

    ConnectCopy(AgentConnector connector, LinkKeys keys, Duration patience) {
        this.connector = connector;
        this.keys = keys;
        this.patience = patience;
    }

    @Override
    public String name() {
        return "connect the agent of a copy";
    }

    @Override
    public void apply(Assembly assembly) {
        var address = new InetSocketAddress(assembly.slot().address(), Host.LINK_PORT);
        var link = assembly.saved().manifest().link();
        assembly.agent(connector.connect(address, keys.key(link.sandbox(), link.run(), link.rotation()), patience));
    }

    @Override
    public void undo(Assembly assembly) {
        assembly.anyAgent().ifPresent(agent -> agent.close());
    }
}
