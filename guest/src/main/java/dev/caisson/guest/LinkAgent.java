package dev.caisson.guest;

import java.time.Duration;
import java.util.Map;

/** Operations on the agent itself and the guest as a whole ({@code guest-agent/PROTOCOL.md} §4). */
final class LinkAgent {
    private final Link link;

    LinkAgent(Link link) {
        this.link = link;
    }

    void ping(Duration patience) {
        link.call("asking the guest for a sign of life", Message.empty(FrameType.PING), Deadline.after(patience));
    }

    void keepAlive(Duration limit, Duration patience) {
        var seconds = limit.plusNanos(999_999_999).toSeconds();
        link.call("telling the guest how long to wait for its host", new PayloadWriter().u64(seconds).message(FrameType.DEADLINE),
                Deadline.after(patience));
    }

    void init(Identity identity) {
        var request = new PayloadWriter()
                .str(identity.sandboxId())
                .str(identity.templateId())
                .str(identity.hostname())
                .str(identity.defaultUser())
                .str(identity.defaultFolder())
                .map(identity.environment())
                .time(identity.now())
                .bytes(identity.entropy())
                .bytes(identity.nextLinkKey())
                .u64(identity.deadlineSeconds())
                .message(FrameType.INIT);
        link.changeKey("telling the guest who it is", request, identity.nextLinkKey(), quick());
    }

    Map<String, String> environment() {
        var attempt = "reading the guest's default environment";
        return parsed(attempt, Message.empty(FrameType.ENVIRONMENT), PayloadReader::map);
    }

    GuestStats stats() {
        return parsed("reading the guest's counters", Message.empty(FrameType.STATS), LinkAgent::stats);
    }

    private static GuestStats stats(PayloadReader in) throws MalformedException {
        return new GuestStats(
                in.u31(), Duration.ofNanos(in.u63()), Duration.ofNanos(in.u63()),
                in.u63(), in.u63(), in.u63(), in.u63(), in.u63(), in.u31());
    }

    private <T> T parsed(String attempt, Message request, PayloadReader.Item<T> answer) {
        var deadline = quick();
        return link.run(attempt, deadline, connection -> {
            connection.send(request);
            return answer.read(connection.done(attempt, deadline));
        });
    }

    private Deadline quick() {
        return Deadline.after(link.timeouts().quick());
    }
}
