package dev.caisson.envd.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

class MessageMemoryTest {
    private static final int MESSAGE = 100 * 1024;
    private final MessageMemory memory = new MessageMemory(MESSAGE, 2 * MESSAGE);

    @Test
    void largeMessagesWaitForTheirTurnAndSmallOnesDoNot() {
        var first = memory.share();
        var second = memory.share();
        var third = memory.share();
        first.require(MESSAGE);
        second.require(MESSAGE);
        memory.share().require(1000);
        var waiting = Thread.ofVirtual().start(() -> third.require(MESSAGE));
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        first.close();
        await().until(() -> !waiting.isAlive());
        assertThat(third.isLarge()).isTrue();
    }

    @Test
    void aShareHoldsOneMessageAtATime() {
        try (var share = memory.share()) {
            for (var i = 0; i < 10; i++) {
                share.require(MESSAGE);
            }
            share.require(1);
            assertThat(share.isLarge()).isFalse();
        }
    }

    @Test
    void tooLongIsRefusedAtOnce() {
        assertThatThrownBy(() -> memory.share().require(MESSAGE + 1))
                .isInstanceOfSatisfying(ConnectFailure.class, e -> assertThat(e.code()).isEqualTo(ConnectCode.RESOURCE_EXHAUSTED));
        assertThatThrownBy(() -> new MessageMemory(MESSAGE, MESSAGE - 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anInterruptEndsTheWait() {
        var first = memory.share();
        first.require(MESSAGE);
        memory.share().require(MESSAGE);
        var waiting = Thread.ofVirtual().start(() -> assertThatThrownBy(() -> memory.share().require(MESSAGE))
                .isInstanceOfSatisfying(ConnectFailure.class, e -> assertThat(e.code()).isEqualTo(ConnectCode.CANCELED)));
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        waiting.interrupt();
        await().until(() -> !waiting.isAlive());
    }
}
