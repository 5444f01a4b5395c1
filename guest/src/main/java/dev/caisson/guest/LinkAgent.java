package dev.caisson.guest;

import dev.caisson.base.Category;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Operations on the agent itself and the guest as a whole ({@code guest-agent/PROTOCOL.md} §4). */
final class LinkAgent {
    /** The agent runs no more of them, and none for longer. */
    private static final int MOST_HOOKS = 64;
    private static final Duration LONGEST_HOOKS = Duration.ofHours(1);

    private final Link link;
    private final AgentInfo info;

    LinkAgent(Link link, AgentInfo info) {
        this.link = link;
        this.info = info;
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

    void awake(Awakening awakening) {
        var attempt = "telling the guest that it was restored";
        require("awake", attempt);
        var request = new PayloadWriter()
                .str(awakening.sandboxId())
                .str(awakening.templateId())
                .bool(awakening.copy())
                .time(awakening.now())
                .bytes(awakening.entropy())
                .bytes(awakening.nextLinkKey())
                .u64(awakening.deadlineSeconds())
                .message(FrameType.AWAKE);
        link.changeKey(attempt, request, awakening.nextLinkKey(), quick());
    }

    List<HookResult> runHooks(HookMoment moment, Duration limit) {
        var attempt = "running the guest's " + moment.folder() + " hooks";
        require("hooks", attempt);
        var time = limit.compareTo(LONGEST_HOOKS) > 0 ? LONGEST_HOOKS : limit;
        var request = new PayloadWriter()
                .u8(moment.code())
                .u32(Math.max(1, Math.toIntExact(time.toMillis())))
                .message(FrameType.HOOKS);
        var deadline = Deadline.after(time.plus(link.timeouts().quick()));
        return link.run(attempt, deadline, connection -> {
            connection.send(request);
            return hooks(connection.done(attempt, deadline));
        });
    }

    private static List<HookResult> hooks(PayloadReader in) throws MalformedException {
        var results = in.list(each -> new HookResult(Failures.printable(each.str()), each.i32(), each.bool()));
        if (results.size() > MOST_HOOKS) {
            throw new MalformedException(results.size() + " hooks, where at most " + MOST_HOOKS + " are run");
        }
        return List.copyOf(results);
    }

    private void require(String capability, String attempt) {
        if (!info.capabilities().contains(capability)) {
            throw new GuestException(
                    Category.UNSUPPORTED, attempt + ": its agent, version " + info.version() + ", is too old for that");
        }
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
