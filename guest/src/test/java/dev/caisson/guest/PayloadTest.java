package dev.caisson.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {
    @Test
    void readsWhatItWrote() throws Exception {
        var in = new PayloadWriter()
                .u8(200).u16(60_000).u32(-5).u64(-6).bool(true).str("ä€😀").bytes(new byte[] {1, 2})
                .time(Instant.ofEpochSecond(-3, 7))
                .optional(Optional.of("x"), PayloadWriter::str)
                .optional(Optional.<String>empty(), PayloadWriter::str)
                .list(List.of("a", ""))
                .map(Map.of("k", "v"))
                .message(FrameType.DONE)
                .reader();

        assertThat(in.u8()).isEqualTo(200);
        assertThat(in.u16()).isEqualTo(60_000);
        assertThat(in.i32()).isEqualTo(-5);
        assertThat(in.i64()).isEqualTo(-6);
        assertThat(in.bool()).isTrue();
        assertThat(in.str()).isEqualTo("ä€😀");
        assertThat(in.bytes()).containsExactly(1, 2);
        assertThat(in.time()).isEqualTo(Instant.ofEpochSecond(-3, 7));
        assertThat(in.optional(PayloadReader::str)).contains("x");
        assertThat(in.optional(PayloadReader::str)).isEmpty();
        assertThat(in.list(PayloadReader::str)).containsExactly("a", "");
        assertThat(in.map()).isEqualTo(Map.of("k", "v"));
        assertThat(in.rest()).isEmpty();
    }

    @Test
    void skipsWhatALaterVersionAddsToAPart() throws Exception {
        var part = new PayloadWriter().str("known").str("added").message(FrameType.DONE).payload();
        var in = new PayloadWriter().bytes(part).u8(9).message(FrameType.DONE).reader();

        assertThat(in.part().str()).isEqualTo("known");
        assertThat(in.u8()).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void believesNoCountBeyondWhatIsThere(int count) {
        var payload = new PayloadWriter().u32(count).message(FrameType.DONE).payload();

        assertThatThrownBy(() -> new PayloadReader(payload).str()).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new PayloadReader(payload).bytes()).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new PayloadReader(payload).part()).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new PayloadReader(payload).map()).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new PayloadReader(payload).list(PayloadReader::str)).isInstanceOf(MalformedException.class);
    }

    @Test
    void replacesBytesThatAreNotUtf8() throws Exception {
        var in = new PayloadWriter().bytes("a\377b".getBytes(StandardCharsets.ISO_8859_1)).message(FrameType.DONE).reader();

        assertThat(in.str()).isEqualTo("a\uFFFDb");
    }

    @Test
    void keepsTimesWithinTheYearsThatAnswersCanCarry() throws Exception {
        var in = new PayloadWriter().u64(Long.MAX_VALUE).u32(0).u64(Long.MIN_VALUE).u32(0).u64(0).u32(1_000_000_000)
                .message(FrameType.DONE).reader();

        assertThat(in.time()).isEqualTo("9999-12-31T23:59:59.999999999Z");
        assertThat(in.time()).isEqualTo("0001-01-01T00:00:00Z");
        assertThatThrownBy(in::time).isInstanceOf(MalformedException.class);
    }

    @Test
    void capsSizesAndRefusesOddNumbers() throws Exception {
        var in = new PayloadWriter().u64(-1).u8(2).u32(-1).message(FrameType.DONE).reader();

        assertThat(in.u63()).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(in::bool).isInstanceOf(MalformedException.class);
        assertThatThrownBy(in::u31).isInstanceOf(MalformedException.class);
        assertThatThrownBy(in::u8).isInstanceOf(MalformedException.class);
    }

    @Test
    void sendsNoZeroBytesAndNothingTooLarge() {
        assertThatThrownBy(() -> new PayloadWriter().str("a\0b"))
                .isInstanceOfSatisfying(GuestException.class, e -> assertThat(e.category()).isEqualTo(Category.INVALID));
        var large = new PayloadWriter().bytes(new byte[Message.LARGEST]);
        assertThatThrownBy(() -> large.message(FrameType.SPAWN))
                .isInstanceOfSatisfying(GuestException.class, e -> assertThat(e.category()).isEqualTo(Category.INVALID));
    }
}
