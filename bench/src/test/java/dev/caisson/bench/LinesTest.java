package dev.caisson.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LinesTest {
    @Test
    void linesAreWholeWhereverTheirBytesAreCut() {
        var whole = "1 2\n\nnaïve\n3".getBytes(StandardCharsets.UTF_8);
        for (var cut = 0; cut <= whole.length; cut++) {
            var seen = new ArrayList<String>();
            var lines = new Lines(seen::add);
            lines.add(Arrays.copyOf(whole, cut));
            lines.add(Arrays.copyOfRange(whole, cut, whole.length));
            assertThat(seen).as("cut at %d", cut).containsExactly("1 2", "", "naïve");
        }
    }
}
