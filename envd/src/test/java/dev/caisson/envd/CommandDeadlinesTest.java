package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.SandboxId;
import dev.caisson.envd.connect.Alarms;
import dev.caisson.envd.connect.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommandDeadlinesTest {
    private static final SandboxId ID = new SandboxId("i0123456789abcdefghi");
    private static final SandboxId OTHER = new SandboxId("i0123456789abcdefghj");
    private static final Duration SOON = Duration.ofMillis(30);

    private final Alarms alarms = new Alarms();
    private final CommandDeadlines deadlines = new CommandDeadlines(alarms);
    private final AtomicInteger kills = new AtomicInteger();

    @AfterEach
    void close() {
        alarms.close();
    }

    /** What was to come by now has come: a deadline that was set later has passed. */
    private void awaitAnotherDeadline() {
        var passed = new AtomicInteger();
        deadlines.at(OTHER, Deadline.after(SOON.multipliedBy(3)), passed::incrementAndGet);
        await().until(() -> passed.get() == 1);
    }

    @Test
    void aCommandIsKilledWhenItsTimeIsUp() {
        deadlines.at(ID, Deadline.after(SOON), kills::incrementAndGet);

        await().until(() -> kills.get() == 1);
    }

    @Test
    void noTimePassesWhileItsSandboxIsPausedAndTheRestDoesAfterwards() {
        // Longer than this machine may stall between two lines.
        deadlines.at(ID, Deadline.after(Duration.ofSeconds(3)), kills::incrementAndGet);
        deadlines.standsStill(ID);
        var passed = new AtomicInteger();
        deadlines.at(OTHER, Deadline.after(Duration.ofMillis(3100)), passed::incrementAndGet);
        await().until(() -> passed.get() == 1);
        assertThat(kills).hasValue(0);

        deadlines.goesOn(ID);

        await().until(() -> kills.get() == 1);
    }

    @Test
    void toldTwiceItHoldsOnceAndGoesOnOnce() {
        deadlines.standsStill(ID);
        deadlines.at(ID, Deadline.after(SOON), kills::incrementAndGet);
        deadlines.standsStill(ID);
        deadlines.goesOn(ID);
        deadlines.goesOn(ID);

        await().until(() -> kills.get() == 1);
        awaitAnotherDeadline();
        assertThat(kills).hasValue(1);
    }

    @Test
    void aCommandThatStartsJustThenIsHeldToo() {
        deadlines.standsStill(ID);
        deadlines.at(ID, Deadline.after(SOON), kills::incrementAndGet);
        awaitAnotherDeadline();
        assertThat(kills).hasValue(0);

        deadlines.goesOn(ID);

        await().until(() -> kills.get() == 1);
    }

    @Test
    void oneThatIsOverIsNotKilledEvenAfterAPause() {
        deadlines.standsStill(ID);
        deadlines.at(ID, Deadline.after(SOON), kills::incrementAndGet).close();
        deadlines.goesOn(ID);

        awaitAnotherDeadline();

        assertThat(kills).hasValue(0);
    }

    @Test
    void theCommandsOfASandboxThatEndedAreForgotten() {
        deadlines.standsStill(ID);
        deadlines.at(ID, Deadline.after(SOON), kills::incrementAndGet);
        deadlines.ended(ID);
        deadlines.goesOn(ID);

        awaitAnotherDeadline();

        assertThat(kills).hasValue(0);
    }

    @Test
    void withoutDeadlineNothingIsKept() {
        deadlines.at(ID, Deadline.none(), kills::incrementAndGet).close();
        deadlines.standsStill(ID);
        deadlines.goesOn(ID);

        awaitAnotherDeadline();

        assertThat(kills).hasValue(0);
    }
}
