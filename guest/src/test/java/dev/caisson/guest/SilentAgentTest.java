package dev.caisson.guest;

import static dev.caisson.guest.GuestFailures.fails;

import dev.caisson.base.Category;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the host does when the agent keeps it waiting. */
@Timeout(60)
class SilentAgentTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final LinkTimeouts IMPATIENT = new LinkTimeouts(SHORT, SHORT, SHORT, SHORT);

    @Test
    void anAnswerThatNeverComesIsATimeout() throws Exception {
        ScriptedAgent.use(IMPATIENT, ScriptedAgent.Peer::silence, link -> {
            fails(Category.TIMEOUT, () -> link.stat("", "/"));
            fails(Category.TIMEOUT, () -> link.spawn(ScriptedAgent.TRUE));
            fails(Category.TIMEOUT, () -> link.ping(SHORT));
        });
    }

    @Test
    void anAnswerThatDripsIsATimeoutToo() throws Exception {
        ScriptedAgent.use(IMPATIENT, peer -> {
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
    void anEndlessAnswerOfEmptyFramesIsATimeout() throws Exception {
        ScriptedAgent.use(IMPATIENT, peer -> {
                    peer.receive();
                    while (true) {
                        peer.send(Message.empty(FrameType.PART));
                    }
                },
                link -> fails(Category.TIMEOUT, () -> link.stat("", "/")));
    }

    @Test
    void aGuestThatStopsReadingDoesNotHoldAnUpload() throws Exception {
        ScriptedAgent.use(IMPATIENT, peer -> {
                    peer.receive();
                    await(20_000);
                },
                link -> fails(Category.TIMEOUT, () -> link.write("", "/x", Map.of(), ScriptedAgent.endless())));
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
