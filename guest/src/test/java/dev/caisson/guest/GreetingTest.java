package dev.caisson.guest;

import static dev.caisson.guest.GuestFailures.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the host does when the first words of the agent are wrong, or never come. */
@Timeout(60)
class GreetingTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final LinkTimeouts IMPATIENT = new LinkTimeouts(SHORT, SHORT, SHORT, SHORT);

    @Test
    void anAgentWithAnotherKeyIsRefused() throws Exception {
        var other = new byte[Handshake.KEY_BYTES];
        other[0] = 1;
        try (var agent = ScriptedAgent.start(peer -> peer.greet(other))) {
            fails(Category.DENIED, () -> agent.connectOnce());
        }
    }

    @Test
    void anAgentThatClosesInPlaceOfItsProofHasAnotherKey() throws Exception {
        try (var agent = ScriptedAgent.start(peer -> {
            peer.send(HandshakeTest.hello("CSNL", 1, 1));
            peer.receive();
        })) {
            fails(Category.DENIED, () -> GuestLink.connect(agent.address(), ScriptedAgent.KEY, ScriptedAgent.PATIENCE));
            assertThat(agent.connections()).isBetween(3, 6);
        }
    }

    @Test
    void somethingElseOnThePortIsNoAgent() throws Exception {
        try (var agent = ScriptedAgent.start(peer -> peer.raw("SSH-2.0-OpenSSH\r\n".getBytes(StandardCharsets.US_ASCII)))) {
            fails(Category.INTERNAL, () -> GuestLink.connect(agent.address(), ScriptedAgent.KEY, ScriptedAgent.PATIENCE));
        }
    }

    @Test
    void anAgentThatNeverSpeaksCostsNoMoreThanThePatience() throws Exception {
        try (var agent = ScriptedAgent.start(ScriptedAgent.Peer::silence)) {
            var before = System.nanoTime();
            fails(Category.TIMEOUT, () -> GuestLink.connect(agent.address(), ScriptedAgent.KEY, SHORT));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(SHORT, ScriptedAgent.PATIENCE);
        }
    }

    @Test
    void connectWaitsForAnAgentThatDoesNotListenYet() throws Exception {
        InetSocketAddress address;
        try (var unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = new InetSocketAddress(unused.getInetAddress(), unused.getLocalPort());
        }
        fails(Category.UNAVAILABLE, () -> GuestLink.connectOnce(address, ScriptedAgent.KEY, ScriptedAgent.PATIENCE));
        fails(Category.UNAVAILABLE, () -> GuestLink.connect(address, ScriptedAgent.KEY, SHORT));
    }

    @Test
    void noAnswerIsBelievedBeforeTheProof() throws Exception {
        try (var agent = ScriptedAgent.start(peer -> {
            peer.send(HandshakeTest.hello("CSNL", 1, 1));
            peer.receive();
            peer.done();
            peer.silence();
        })) {
            fails(Category.INTERNAL, () -> agent.connectOnce());
        }
    }

    @Test
    void theNextKeyIsNotSentBeforeTheProof() throws Exception {
        var received = new CompletableFuture<FrameType>();
        try (var agent = ScriptedAgent.start(peer -> {
            peer.send(HandshakeTest.hello("CSNL", 1, 1));
            peer.receive();
            received.complete(peer.receive().type());
        })) {
            var link = new Link(agent.address(), ScriptedAgent.KEY, IMPATIENT);
            var init = new PayloadWriter().bytes(new byte[32]).message(FrameType.INIT);
            fails(Category.TIMEOUT, () -> link.changeKey("init", init, new byte[32], Deadline.after(SHORT)));
            assertThat(received).isNotDone();
        }
    }
}
