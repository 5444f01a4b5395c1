package dev.caisson.guest;

import dev.caisson.base.Category;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections to the guest's ports and from them ({@code guest-agent/PROTOCOL.md} §8). */
final class LinkPorts {
    private static final Logger LOG = LoggerFactory.getLogger(LinkPorts.class);

    /** For a port that answers neither yes nor no; the agent, asked then, has a limit of its own. */
    private static final Duration DIRECT = Duration.ofSeconds(2);

    private final Link link;

    LinkPorts(Link link) {
        this.link = link;
    }

    /**
     * Most services listen on all addresses, and are reached without the agent, which would copy every byte inside the guest.
     * The others are asked for through it.
     */
    GuestStream dial(String host, int port) {
        if (link.isAgents(port)) {
            throw new GuestException(Category.UNAVAILABLE, "port " + port + " is the agent's own", Errno.ECONNREFUSED, null);
        }
        if (!host.isEmpty()) {
            return dialByAgent(host, port);
        }
        try {
            return link.plain(port, Deadline.after(DIRECT));
        } catch (IOException e) {
            LOG.debug("port {} is not open on the guest's address: {}", port, e.getMessage());
            return dialByAgent(host, port);
        }
    }

    private GuestStream dialByAgent(String host, int port) {
        var where = host.isEmpty() ? "port " + port : host + " port " + port;
        return stream("connecting to " + where + " in the guest", new PayloadWriter().str(host).u16(port).message(FrameType.DIAL));
    }

    Served serve(String host, int port, Consumer<GuestStream> accept) {
        var attempt = "serving port " + port + " in the guest";
        var request = new PayloadWriter().str(host).u16(port).message(FrameType.SERVE);
        var deadline = quick();
        return link.take(attempt, deadline, connection -> {
            connection.send(request);
            var served = new LinkServed(connection, connection.done(attempt, deadline).u16(), this::accept, accept);
            served.start();
            return served;
        });
    }

    private GuestStream accept(long id) {
        return stream("taking a connection from the guest", new PayloadWriter().u64(id).message(FrameType.ACCEPT));
    }

    private GuestStream stream(String attempt, Message request) {
        var deadline = quick();
        return link.take(attempt, deadline, connection -> {
            connection.send(request);
            connection.done(attempt, deadline);
            return connection.unframed();
        });
    }

    private Deadline quick() {
        return Deadline.after(link.timeouts().quick());
    }
}
