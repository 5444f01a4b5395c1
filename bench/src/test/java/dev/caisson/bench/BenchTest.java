package dev.caisson.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchTest {
    private final StringWriter errors = new StringWriter();

    @Test
    void countsBelowOneAreRefused() {
        assertThat(run("--rounds", "0")).isEqualTo(2);
        assertThat(errors.toString()).contains("--rounds is 1 or more, not 0");
        assertThat(run("--idle", "-1")).isEqualTo(2);
        assertThat(errors.toString()).contains("--idle is 1 or more, not -1");
    }

    @Test
    void aPartThatThereIsNotIsRefusedAndThoseThereAreAreNamed() {
        assertThat(run("--only", "nothing")).isEqualTo(2);
        assertThat(errors.toString()).contains("PAUSE, SNAPSHOT, FORK, ROLLBACK, IDLE");
    }

    private int run(String... arguments) {
        return new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true).setErr(new PrintWriter(errors)).execute(arguments);
    }
}
