package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Opens the link to the agent of a restored sandbox, which knows the key that was in force when it was saved; or already the
 * one of the next run, if a resume before this one got as far as that and had to be saved again.
 */
final class ReconnectAgent implements Step {
    private final AgentConnector connector;
    private final LinkKeys keys;
    private final Duration patience;

    ReconnectAgent(AgentConnector connector, LinkKeys keys, Duration patience) {
        this.connector = connector;
        this.keys = keys;
        this.patience = patience;
    }

    @Override
    public String name() {
        return "connect its restored agent";
    }

    @Override
    public void apply(Assembly assembly) {
        var journal = assembly.journal();
        assembly.agent(connect(
                assembly, keys.key(journal.id(), journal.saved().orElseThrow().keyRun(), journal.linkKey()),
                keys.key(journal.id(), journal.info().run() + 1, LinkKeys.FIRST)));
    }

    private GuestAgent connect(Assembly assembly, byte[] usual, byte[] next) {
        var address = new InetSocketAddress(assembly.slot().address(), Host.LINK_PORT);
        try {
            return connector.connect(address, usual, patience);
        } catch (GuestException e) {
            if (e.category() != Category.DENIED) {
                throw e;
            }
            return connector.connect(address, next, patience);
        }
    }

    @Override
    public void undo(Assembly assembly) {
        assembly.anyAgent().ifPresent(agent -> agent.close());
    }
}
