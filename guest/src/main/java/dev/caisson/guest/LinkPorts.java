package dev.caisson.guest;

import java.util.function.Consumer;

/** Connections to the guest's ports and from them ({@code guest-agent/PROTOCOL.md} §8). */
final class LinkPorts {
    private final Link link;

    LinkPorts(Link link) {
        this.link = link;
    }

    GuestStream dial(String host, int port) {
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
