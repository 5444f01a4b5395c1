package dev.caisson.host;

import java.net.InetSocketAddress;
import java.time.Duration;

/** Opens the link to the agent with the key that the journal says is in force. */
final class ConnectAgent implements Step {
    private final AgentConnector connector;
    private final LinkKeys keys;
    private final Duration patience;

    ConnectAgent(AgentConnector connector, LinkKeys keys, Duration patience) {
        this.connector = connector;
        this.keys = keys;
        this.patience = patience;
    }

    @Override
    public String name() {
        return "connect its agent";
    }

    @Override
    public void apply(Assembly assembly) {
        var address = new InetSocketAddress(assembly.slot().address(), Host.LINK_PORT);
        var journal = assembly.journal();
        assembly.agent(connector.connect(
                address, keys.key(journal.id(), journal.info().run(), journal.linkKey()), patience));
    }

    @Override
    public void undo(Assembly assembly) {
        assembly.anyAgent().ifPresent(agent -> agent.close());
    }
}
