package dev.caisson.envd;

import dev.caisson.base.SandboxTokens;
import dev.caisson.guest.GuestAgent;
import dev.caisson.http.testing.FakeExchange;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.testing.FakeNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The service in front of one sandbox, open or secured. */
final class EnvdFixture implements AutoCloseable {
    static final String JSON = "application/connect+json";
    private static final int MESSAGE_BYTES = 1 << 20;

    final FakeNode node;
    final SandboxTokens tokens = new SandboxTokens(new byte[32]);
    final SandboxInfo sandbox;
    final EnvdService service;

    EnvdFixture(GuestAgent agent, boolean secured) {
        this(agent, secured, Clock.systemUTC());
    }

    EnvdFixture(GuestAgent agent, boolean secured, Clock clock) {
        node = new FakeNode(clock);
        sandbox = add(agent, secured);
        service = new EnvdService(node, tokens, clock, MESSAGE_BYTES);
    }

    static EnvdFixture open(GuestAgent agent) {
        return new EnvdFixture(agent, false);
    }

    /** One more sandbox on the same node. */
    SandboxInfo add(GuestAgent agent, boolean secured) {
        var request = new CreateRequest("base", "team", Duration.ofMinutes(5), secured, true, Map.of(), Map.of());
        return node.create(request, agent);
    }

    String token() {
        return tokens.envdToken(sandbox.id(), sandbox.tokenRotation());
    }

    FakeExchange send(FakeExchange exchange) {
        return exchange.handledBy(e -> service.handle(sandbox, e));
    }

    /** A unary call in JSON. */
    FakeExchange unary(String method, String json) {
        return send(FakeExchange.request("POST", method).header("Content-Type", "application/json").body(json));
    }

    /** A call whose request is one envelope of JSON. */
    FakeExchange stream(String method, String json) {
        return send(streamRequest(method, json));
    }

    static FakeExchange streamRequest(String method, String json) {
        return FakeExchange.request("POST", method).header("Content-Type", JSON).body(envelope(0, json));
    }

    static byte[] envelope(int flags, String payload) {
        return envelope(flags, payload.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] envelope(int flags, byte[] payload) {
        return ByteBuffer.allocate(5 + payload.length).put((byte) flags).putInt(payload.length).put(payload).array();
    }

    /** The envelopes of an answer as {@code <flags> <payload>}. */
    static List<String> frames(FakeExchange answer) {
        return frames(answer.answerBody());
    }

    static List<String> frames(byte[] body) {
        var frames = new ArrayList<String>();
        var bytes = ByteBuffer.wrap(body);
        while (bytes.hasRemaining()) {
            var flags = bytes.get();
            var payload = new byte[bytes.getInt()];
            bytes.get(payload);
            frames.add(flags + " " + new String(payload, StandardCharsets.UTF_8));
        }
        return frames;
    }

    @Override
    public void close() {
        service.close();
    }
}
