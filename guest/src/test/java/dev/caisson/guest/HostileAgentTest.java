package dev.caisson.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the host does when the agent lies, breaks the protocol, or says nothing. */
@Timeout(30)
class HostileAgentTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final LinkTimeouts IMPATIENT = new LinkTimeouts(SHORT, SHORT, SHORT, SHORT);
    private static final SpawnRequest TRUE =
            new SpawnRequest("true", List.of(), Map.of(), Optional.empty(), "", Optional.empty(), false, Optional.empty());

    @Test
    void anAgentWithAnotherKeyIsRefused() throws Exception {
        var other = new byte[Handshake.KEY_BYTES];
        other[0] = 1;
        try (var agent = ScriptedAgent.start(peer -> peer.greet(other))) {
            fails(Category.DENIED, () -> connect(agent));
        }
    }

    @Test
    void anAgentThatClosesInPlaceOfItsProofHasAnotherKey() throws Exception {
        try (var agent = ScriptedAgent.start(peer -> {
            peer.send(HandshakeTest.hello("CSNL", 1, 1));
            peer.receive();
        })) {
            fails(Category.DENIED, () -> connect(agent));
            assertThat(agent.connections()).isLessThan(5);
        }
    }

    @Test
    void somethingElseOnThePortIsNoAgent() throws Exception {
        try (var agent = ScriptedAgent.start(peer -> peer.raw("SSH-2.0-OpenSSH\r\n".getBytes(StandardCharsets.US_ASCII)))) {
            fails(Category.INTERNAL, () -> connect(agent));
            assertThat(agent.connections()).isEqualTo(1);
        }
    }

    @Test
    void anAgentThatNeverSpeaksCostsNoMoreThanThePatience() throws Exception {
        try (var agent = ScriptedAgent.start(ScriptedAgent.Peer::silence)) {
            var before = System.nanoTime();
            fails(Category.TIMEOUT, () -> GuestLink.connect(agent.address(), ScriptedAgent.KEY, SHORT));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(SHORT, SHORT.multipliedBy(10));
        }
    }

    @Test
    void connectWaitsForAnAgentThatDoesNotListenYet() throws Exception {
        InetSocketAddress address;
        try (var unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = new InetSocketAddress(unused.getInetAddress(), unused.getLocalPort());
        }
        fails(Category.UNAVAILABLE, () -> GuestLink.connectOnce(address, ScriptedAgent.KEY, PATIENCE));
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
            fails(Category.INTERNAL, () -> connect(agent));
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

    @Test
    void anAnswerThatNeverComesIsATimeout() throws Exception {
        hostile(ScriptedAgent.Peer::silence, link -> {
            fails(Category.TIMEOUT, () -> link.stat("", "/"));
            fails(Category.TIMEOUT, () -> link.spawn(TRUE));
            fails(Category.TIMEOUT, () -> link.ping(SHORT));
        });
    }

    @Test
    void anAnswerThatDripsIsATimeoutToo() throws Exception {
        hostile(
                peer -> {
                    peer.receive();
                    peer.raw((byte) 0, (byte) 0, (byte) 1, (byte) 0, (byte) FrameType.DONE.code());
                    while (true) {
                        peer.raw((byte) 0);
                        await(20);
                    }
                },
                link -> fails(Category.TIMEOUT, () -> link.stat("", "/")));
    }

    @Test
    void aFrameThatIsTooLongEndsTheConnection() throws Exception {
        hostile(
                peer -> {
                    peer.receive();
                    peer.raw((byte) 0x7f, (byte) 0, (byte) 0, (byte) 0, (byte) FrameType.DONE.code());
                    peer.silence();
                },
                link -> fails(Category.INTERNAL, () -> link.stat("", "/")));
    }

    @Test
    void anAnswerOfAnotherOperationIsMalformed() throws Exception {
        hostile(
                peer -> {
                    peer.receive();
                    peer.send(Message.empty(FrameType.EXITED));
                    peer.silence();
                },
                link -> {
                    fails(Category.INTERNAL, () -> link.stat("", "/"));
                    fails(Category.INTERNAL, () -> link.spawn(TRUE));
                    fails(Category.INTERNAL, () -> link.list("", "/", 1));
                    fails(Category.INTERNAL, () -> link.read("", "/", 0, -1));
                });
    }

    @Test
    void anEndlessListIsCutShort() throws Exception {
        var folder = new PayloadWriter().u32(1).bytes(entry()).message(FrameType.ENTRIES);
        hostile(
                peer -> {
                    peer.receive();
                    while (true) {
                        peer.send(folder);
                    }
                },
                link -> fails(Category.EXHAUSTED, () -> link.list("", "/", 1)),
                LinkTimeouts.USUAL);
    }

    @Test
    void anEndlessAnswerOfEmptyFramesIsATimeout() throws Exception {
        hostile(
                peer -> {
                    peer.receive();
                    while (true) {
                        peer.send(Message.empty(FrameType.PART));
                    }
                },
                link -> fails(Category.TIMEOUT, () -> link.stat("", "/")));
    }

    @Test
    void aGuestThatStopsReadingDoesNotHoldAnUpload() throws Exception {
        hostile(
                peer -> {
                    peer.receive();
                    await(20_000);
                },
                link -> fails(Category.TIMEOUT, () -> link.write("", "/x", Map.of(), endless())));
    }

    @Test
    void anEarlyRefusalStopsAnUpload() throws Exception {
        var full = new PayloadWriter().u8(6).u32(28).str("no space").str("/x").message(FrameType.ERROR);
        hostile(
                peer -> {
                    peer.receive();
                    peer.send(full);
                    peer.silence();
                },
                link -> assertThatThrownBy(() -> link.write("", "/x", Map.of(), endless()))
                        .isInstanceOfSatisfying(GuestException.class, e -> {
                            assertThat(e.errno()).isEqualTo(Errno.ENOSPC);
                            assertThat(e.category()).isEqualTo(Category.EXHAUSTED);
                            assertThat(e).hasMessageContaining("no space");
                        }),
                LinkTimeouts.USUAL);
    }

    @Test
    void messagesOfTheGuestArePassedOnShortenedAndPrintable() throws Exception {
        var error = new PayloadWriter().u8(4).u32(2).str("\u001b[2J" + "x".repeat(50_000)).str("").message(FrameType.ERROR);
        hostile(
                peer -> {
                    peer.receive();
                    peer.send(error);
                    peer.silence();
                },
                link -> assertThatThrownBy(() -> link.stat("", "/"))
                        .hasMessageNotContaining("\u001b")
                        .satisfies(e -> assertThat(String.valueOf(e.getMessage())).hasSizeLessThan(1100)));
    }

    @Test
    void aBrokenConnectionEndsAStream() throws Exception {
        hostile(
                peer -> {
                    peer.receive();
                    peer.send(new PayloadWriter().u32(7).u64(0).message(FrameType.STARTED));
                },
                link -> {
                    var stream = link.spawn(TRUE);
                    assertThat(stream.pid()).isEqualTo(7);
                    fails(Category.UNAVAILABLE, () -> stream.next(PATIENCE));
                });
    }

    @Test
    void closingTheLinkFailsWhatBlocksAndWhatComesLater() throws Exception {
        var blocked = new CountDownLatch(2);
        try (var agent = ScriptedAgent.start(peer -> {
                    peer.greet();
                    var request = peer.receive();
                    if (request.type() == FrameType.SPAWN) {
                        peer.send(new PayloadWriter().u32(7).u64(0).message(FrameType.STARTED));
                    }
                    blocked.countDown();
                    peer.silence();
                });
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var link = connect(agent);
            var stat = threads.submit(() -> link.stat("", "/"));
            var output = threads.submit(() -> link.spawn(TRUE).next(Duration.ofHours(1)));
            assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();

            link.close();

            for (var call : List.of(stat, output)) {
                assertThatThrownBy(() -> call.get(5, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOfSatisfying(GuestException.class, e -> assertThat(e.category()).isEqualTo(Category.UNAVAILABLE));
            }
            fails(Category.UNAVAILABLE, () -> link.stat("", "/"));
        }
    }

    @Test
    void aKeptConnectionThatDiedIsReplacedUnnoticed() throws Exception {
        try (var agent = ScriptedAgent.start(peer -> {
                    peer.greet();
                    peer.receive();
                    peer.done();
                    // and closes
                });
                var link = connect(agent)) {
            for (var i = 0; i < 5; i++) {
                link.ping(PATIENCE);
            }
            assertThat(agent.connections()).isEqualTo(5);
        }
    }

    @Test
    void aKeptConnectionServesManyOperations() throws Exception {
        try (var agent = ScriptedAgent.start(peer -> {
                    peer.greet();
                    while (true) {
                        peer.receive();
                        peer.done();
                    }
                });
                var link = connect(agent)) {
            for (var i = 0; i < 100; i++) {
                link.ping(PATIENCE);
            }
            assertThat(agent.connections()).isEqualTo(1);
        }
    }

    private interface Use {
        void of(GuestLink link) throws Exception;
    }

    private static void hostile(ScriptedAgent.Script afterHandshake, Use use) throws Exception {
        hostile(afterHandshake, use, IMPATIENT);
    }

    private static void hostile(ScriptedAgent.Script afterHandshake, Use use, LinkTimeouts timeouts) throws Exception {
        ScriptedAgent.Script script = peer -> {
            peer.greet();
            afterHandshake.run(peer);
        };
        try (var agent = ScriptedAgent.start(script);
                var link = GuestLink.connect(agent.address(), ScriptedAgent.KEY, PATIENCE, timeouts)) {
            use.of(link);
        }
    }

    private static GuestLink connect(ScriptedAgent agent) {
        return GuestLink.connect(agent.address(), ScriptedAgent.KEY, PATIENCE);
    }

    private static void fails(Category category, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(GuestException.class, e -> assertThat(e.category()).as(e.getMessage()).isEqualTo(category));
    }

    private static byte[] entry() {
        return new PayloadWriter()
                .str("n").str("/n").u8(2).bool(false).u16(0755).u32(0).u64(0).str("r").str("r").u32(0).u32(0)
                .u64(0).u32(0).bool(false).u32(0)
                .message(FrameType.DONE)
                .payload();
    }

    private static InputStream endless() {
        return new InputStream() {
            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                return length;
            }
        };
    }

    private static void await(int millis) throws IOException {
        try {
            new CompletableFuture<Void>().get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return;
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(e);
        }
    }
}
