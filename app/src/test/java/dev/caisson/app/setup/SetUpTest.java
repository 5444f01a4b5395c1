package dev.caisson.app.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.image.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SetUpTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final List<String> ran = new ArrayList<>();

    private class Step implements SetupStep {
        private final String name;
        private final boolean fails;
        private boolean done;

        Step(String name, boolean done, boolean fails) {
            this.name = name;
            this.done = done;
            this.fails = fails;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean isDone() {
            return done;
        }

        @Override
        public void run(Progress progress) {
            progress.report("working");
            if (fails) {
                throw new IllegalStateException("no");
            }
            synchronized (ran) {
                ran.add(name);
            }
            done = true;
        }
    }

    private void run(SetupStep... steps) {
        new SetUp(List.of(steps), new PrintStream(printed, true, StandardCharsets.UTF_8)).run();
    }

    @Test
    void onlyWhatIsMissingRunsInOrder() {
        run(new Step("one", false, false), new Step("two", true, false), new Step("three", false, false));

        assertThat(ran).containsExactly("one", "three");
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("one", "three").doesNotContain("two");
    }

    @Test
    void nothingIsSaidWhereNothingIsMissing() {
        run(new Step("one", true, false));
        assertThat(printed.size()).isZero();
    }

    @Test
    void aFailureEndsTheSetUpAndWhatIsDoneStaysDone() {
        var first = new Step("one", false, false);
        var last = new Step("three", false, false);
        assertThatThrownBy(() -> run(first, new Step("two", false, true), last)).isInstanceOf(IllegalStateException.class);

        assertThat(ran).containsExactly("one");
        assertThat(first.isDone()).isTrue();
        assertThat(last.isDone()).isFalse();
    }

    @Test
    void stepsAtOnceWaitForEachOther() throws Exception {
        var met = new CyclicBarrier(2);
        var steps = Stream.of("one", "two").map(name -> new Step(name, false, false) {
            @Override
            public void run(Progress progress) {
                await(met);
                super.run(progress);
            }
        }).toList();

        run(new StepsAtOnce(List.copyOf(steps)));

        assertThat(ran).containsExactlyInAnyOrder("one", "two");
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("one, two: done");
    }

    @Test
    void ofStepsAtOnceOnlyTheMissingRunAndAFailureLetsTheOthersEnd() {
        var good = new Step("good", false, false);
        var both = new StepsAtOnce(List.of(new Step("there", true, false), new Step("bad", false, true), good));

        assertThat(both.name()).isEqualTo("bad, good");
        assertThatThrownBy(() -> run(both)).isInstanceOf(IllegalStateException.class).hasMessage("no");

        assertThat(ran).containsExactly("good");
        assertThat(both.isDone()).isFalse();
        assertThat(both.name()).isEqualTo("bad");
    }

    private static void await(CyclicBarrier met) {
        try {
            met.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the other step did not run at the same time", e);
        }
    }
}
