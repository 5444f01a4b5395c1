package dev.caisson.guest;

import static dev.caisson.guest.GuestFailures.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the host makes of the agent's answers about hooks, and of an agent that knows none. */
@Timeout(60)
class HookAnswersTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void resultsComeInTheOrderOfTheAgent() throws Exception {
        var answer = new PayloadWriter().u32(2).str("a").u32(0).bool(false).str("b").u32(137).bool(true).message(FrameType.DONE);
        answering(answer, link -> assertThat(link.runHooks(HookMoment.AFTER_FORK, MINUTE))
                .containsExactly(new HookResult("a", 0, false), new HookResult("b", 137, true)));
    }

    @Test
    void theRequestSaysTheMomentAndTheTime() throws Exception {
        ScriptedAgent.use(LinkTimeouts.USUAL, List.of("hooks"), peer -> {
                    while (true) {
                        var request = peer.receive().reader();
                        var said = request.u8() + " " + request.i32();
                        peer.send(new PayloadWriter().u32(1).str(said).u32(0).bool(false).message(FrameType.DONE));
                    }
                },
                link -> {
                    assertThat(said(link, HookMoment.BEFORE_SNAPSHOT, Duration.ofSeconds(2))).isEqualTo("1 2000");
                    assertThat(said(link, HookMoment.AFTER_RESTORE, Duration.ofDays(400))).isEqualTo("2 3600000");
                    assertThat(said(link, HookMoment.AFTER_FORK, Duration.ofNanos(1))).isEqualTo("3 1");
                });
    }

    @Test
    void namesOfTheGuestArePrintable() throws Exception {
        var answer = new PayloadWriter().u32(1).str("a\n\u001b[2J").u32(0).bool(false).message(FrameType.DONE);
        answering(answer, link -> assertThat(link.runHooks(HookMoment.AFTER_FORK, MINUTE))
                .containsExactly(new HookResult("a??[2J", 0, false)));
    }

    @Test
    void moreHooksThanAreRunAreMalformed() throws Exception {
        var many = new PayloadWriter().u32(65);
        for (var i = 0; i < 65; i++) {
            many.str("hook").u32(0).bool(false);
        }
        answering(many.message(FrameType.DONE), link -> fails(Category.INTERNAL, () -> link.runHooks(HookMoment.AFTER_FORK, MINUTE)));
    }

    @Test
    void anAnswerThatIsCutOffIsMalformed() throws Exception {
        var half = new PayloadWriter().u32(1).str("a").message(FrameType.DONE);
        answering(half, link -> fails(Category.INTERNAL, () -> link.runHooks(HookMoment.AFTER_FORK, MINUTE)));
    }

    @Test
    void anAgentFromAnOldStateIsNotAsked() throws Exception {
        ScriptedAgent.use(LinkTimeouts.USUAL, ScriptedAgent.Peer::silence, link -> {
            var awakening = new Awakening("id", "template", false, Instant.now(), new byte[32], new byte[32], 0);
            assertThat(fails(Category.UNSUPPORTED, () -> link.awake(awakening))).hasMessageContaining("too old");
            assertThat(fails(Category.UNSUPPORTED, () -> link.runHooks(HookMoment.AFTER_FORK, MINUTE))).hasMessageContaining("too old");
        });
    }

    private static String said(GuestLink link, HookMoment moment, Duration limit) {
        return link.runHooks(moment, limit).getFirst().name();
    }

    private static void answering(Message answer, ScriptedAgent.Use use) throws Exception {
        ScriptedAgent.use(LinkTimeouts.USUAL, List.of("hooks"), peer -> {
            peer.receive();
            peer.send(answer);
            peer.silence();
        }, use);
    }
}
