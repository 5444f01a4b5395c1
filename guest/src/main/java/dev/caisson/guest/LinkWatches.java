package dev.caisson.guest;

import java.util.ArrayList;
import java.util.List;

/** Operations on watches ({@code guest-agent/PROTOCOL.md} §7). */
final class LinkWatches {
    /** The agent keeps 4096 per polled watcher, and what the kernel has queued (16384 by default) comes with them. */
    private static final int MOST_EVENTS = 32_768;

    private final Link link;

    LinkWatches(Link link) {
        this.link = link;
    }

    Watch watch(WatchRequest request) {
        var attempt = "watching '" + request.path() + "'";
        var deadline = tree();
        return link.take(attempt, deadline, connection -> {
            connection.send(encode(request, FrameType.WATCH));
            connection.done(attempt, deadline);
            return new LinkWatch(connection, attempt);
        });
    }

    String create(WatchRequest request) {
        var attempt = "making a watcher of '" + request.path() + "'";
        var deadline = tree();
        return link.run(attempt, deadline, connection -> {
            connection.send(encode(request, FrameType.CREATE_WATCHER));
            return connection.done(attempt, deadline).str();
        });
    }

    List<WatchEvent> events(String watcherId) {
        var attempt = "fetching the events of watcher '" + watcherId + "'";
        var request = new PayloadWriter().str(watcherId).message(FrameType.WATCHER_EVENTS);
        var deadline = quick();
        return link.run(attempt, deadline, connection -> {
            connection.send(request);
            var events = new ArrayList<WatchEvent>();
            var limit = new AnswerLimit(attempt, MOST_EVENTS);
            new Answers(connection, attempt).each(FrameType.EVENT, deadline, message -> {
                limit.add(1, message.payload().length);
                events.add(LinkWatch.event(message.reader()));
            });
            return List.copyOf(events);
        });
    }

    void remove(String watcherId) {
        var request = new PayloadWriter().str(watcherId).message(FrameType.REMOVE_WATCHER);
        link.call("removing the watcher '" + watcherId + "'", request, quick());
    }

    private static Message encode(WatchRequest request, FrameType type) {
        return new PayloadWriter()
                .str(request.user())
                .str(request.path())
                .bool(request.recursive())
                .bool(request.entries())
                .bool(request.networkMounts())
                .message(type);
    }

    private Deadline quick() {
        return Deadline.after(link.timeouts().quick());
    }

    /** Arming walks the folders below. */
    private Deadline tree() {
        return Deadline.after(link.timeouts().tree());
    }
}
