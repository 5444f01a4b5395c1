package dev.caisson.guest;

import static dev.caisson.guest.GuestFailures.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the host does when the agent lies or breaks the protocol. */
@Timeout(60)
class HostileAgentTest {
    @Test
    void aFrameThatIsTooLongEndsTheConnection() throws Exception {
        ScriptedAgent.use(LinkTimeouts.USUAL, peer -> {
                    peer.receive();
                    peer.raw((byte) 0x7f, (byte) 0, (byte) 0, (byte) 0, (byte) FrameType.DONE.code());
                    peer.silence();
                },
                link -> fails(Category.INTERNAL, () -> link.stat("", "/")));
    }

    @Test
    void anAnswerOfAnotherOperationIsMalformed() throws Exception {
        ScriptedAgent.use(LinkTimeouts.USUAL, peer -> {
                    peer.receive();
                    peer.send(Message.empty(FrameType.EXITED));
                    peer.silence();
                },
                link -> {
                    fails(Category.INTERNAL, () -> link.stat("", "/"));
                    fails(Category.INTERNAL, () -> link.spawn(ScriptedAgent.TRUE));
                    fails(Category.INTERNAL, () -> link.list("", "/", 1));
                    fails(Category.INTERNAL, () -> link.read("", "/", 0, -1));
                });
    }

    @Test
    void anEndlessListIsCutShort() throws Exception {
        var folder = new PayloadWriter().u32(1).bytes(entry()).message(FrameType.ENTRIES);
        ScriptedAgent.use(LinkTimeouts.USUAL, peer -> {
                    peer.receive();
                    while (true) {
                        peer.send(folder);
                    }
                },
                link -> fails(Category.EXHAUSTED, () -> link.list("", "/", 1)));
    }

    @Test
    void anEarlyRefusalStopsAnUpload() throws Exception {
        var full = new PayloadWriter().u8(6).u32(28).str("no space").str("/x").message(FrameType.ERROR);
        ScriptedAgent.use(LinkTimeouts.USUAL, peer -> {
                    peer.receive();
                    peer.send(full);
                    peer.silence();
                },
                link -> assertThatThrownBy(() -> link.write("", "/x", Map.of(), ScriptedAgent.endless()))
                        .isInstanceOfSatisfying(GuestException.class, e -> {
                            assertThat(e.errno()).isEqualTo(Errno.ENOSPC);
                            assertThat(e.category()).isEqualTo(Category.EXHAUSTED);
                            assertThat(e).hasMessageContaining("no space");
                        }));
    }

    @Test
    void messagesOfTheGuestArePassedOnShortenedAndPrintable() throws Exception {
        var error = new PayloadWriter().u8(4).u32(2).str("\u001b[2J" + "x".repeat(50_000)).str("").message(FrameType.ERROR);
        ScriptedAgent.use(LinkTimeouts.USUAL, peer -> {
                    peer.receive();
                    peer.send(error);
                    peer.silence();
                },
                link -> assertThatThrownBy(() -> link.stat("", "/"))
                        .hasMessageNotContaining("\u001b")
                        .satisfies(e -> assertThat(String.valueOf(e.getMessage())).hasSizeLessThan(1100)));
    }

    private static byte[] entry() {
        return new PayloadWriter()
                .str("n").str("/n").u8(2).bool(false).u16(0755).u32(0).u64(0).str("r").str("r").u32(0).u32(0)
                .u64(0).u32(0).bool(false).u32(0)
                .message(FrameType.DONE)
                .payload();
    }

}
