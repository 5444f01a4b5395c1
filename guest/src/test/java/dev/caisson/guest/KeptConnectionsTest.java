package dev.caisson.guest;

import static dev.caisson.guest.GuestFailures.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of connections between operations and when they are lost. */
@Timeout(60)
class KeptConnectionsTest {
    @Test
    void aBrokenConnectionEndsAStream() throws Exception {
        ScriptedAgent.use(LinkTimeouts.USUAL, peer -> {
                    peer.receive();
                    peer.send(new PayloadWriter().u32(7).u64(0).message(FrameType.STARTED));
                },
                link -> {
                    var stream = link.spawn(ScriptedAgent.TRUE);
                    assertThat(stream.pid()).isEqualTo(7);
                    fails(Category.UNAVAILABLE, () -> stream.next(ScriptedAgent.PATIENCE));
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
            var link = agent.connectOnce();
            var stat = threads.submit(() -> link.stat("", "/"));
            var output = threads.submit(() -> link.spawn(ScriptedAgent.TRUE).next(Duration.ofHours(1)));
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
                var link = agent.connectOnce()) {
            for (var i = 0; i < 5; i++) {
                link.ping(ScriptedAgent.PATIENCE);
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
                var link = agent.connectOnce()) {
            for (var i = 0; i < 100; i++) {
                link.ping(ScriptedAgent.PATIENCE);
            }
            assertThat(agent.connections()).isEqualTo(1);
        }
    }

    @Test
    void aStreamThatEndedLetsItsConnectionGoOnce() throws Exception {
        try (var agent = ScriptedAgent.start(peer -> {
                    peer.greet();
                    while (true) {
                        if (peer.receive().type() == FrameType.SPAWN) {
                            peer.send(new PayloadWriter().u32(7).u64(0).message(FrameType.STARTED));
                            peer.send(new PayloadWriter().u32(0).u8(0).bool(false).message(FrameType.EXITED));
                        } else {
                            peer.done();
                        }
                    }
                });
                var link = agent.connectOnce()) {
            for (var i = 0; i < 20; i++) {
                var stream = link.spawn(ScriptedAgent.TRUE);
                assertThat(stream.next(ScriptedAgent.PATIENCE)).containsInstanceOf(ProcessEvent.Exited.class);
                link.ping(ScriptedAgent.PATIENCE);
                stream.close();
                assertThat(stream.next(ScriptedAgent.PATIENCE)).isEmpty();
                link.ping(ScriptedAgent.PATIENCE);
            }
            assertThat(agent.connections()).isEqualTo(1);
        }
    }
}
