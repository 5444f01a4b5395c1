package dev.caisson.envd.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvelopeTest {
    private static final int LIMIT = 1000;
    private final Alarms alarms = new Alarms();
    private final MessageMemory memory = new MessageMemory(LIMIT, LIMIT);

    @AfterEach
    void close() {
        alarms.close();
    }

    @Test
    void writesTheKnownFrames() throws IOException {
        var out = new ByteArrayOutputStream();
        var writer = new EnvelopeWriter(out);
        writer.write(0, "{\"event\":{\"start\":{\"pid\":42}}}".getBytes(StandardCharsets.UTF_8));
        writer.write(Envelope.END, "{}".getBytes(StandardCharsets.UTF_8));
        assertThat(HexFormat.of().formatHex(out.toByteArray())).startsWith("000000001e7b").endsWith("02000000027b7d");
    }

    @Test
    void readsOneAfterTheOtherUntilTheBodyEnds() throws IOException {
        var reader = reader("000000000161" + "0000000000" + "00000000026263");
        assertThat(reader.next().orElseThrow()).containsExactly('a');
        assertThat(reader.next().orElseThrow()).isEmpty();
        assertThat(reader.next().orElseThrow()).containsExactly('b', 'c');
        assertThat(reader.next()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "00, INVALID_ARGUMENT",
        "00000000, INVALID_ARGUMENT",
        "0000000002aa, INVALID_ARGUMENT",
        "0200000000, INVALID_ARGUMENT",
        "8000000000, INVALID_ARGUMENT",
        "0100000000, INTERNAL",
        "00000003e9, RESOURCE_EXHAUSTED",
        "00ffffffff, RESOURCE_EXHAUSTED",
        "0080000000, RESOURCE_EXHAUSTED"
    })
    void refusesMalformedFrames(String hex, ConnectCode code) {
        assertThatThrownBy(() -> reader(hex).next())
                .isInstanceOfSatisfying(ConnectFailure.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** Whatever comes, the reader gives envelopes, an end or a refusal, and never more bytes than came. */
    @RepeatedTest(200)
    void survivesAnyBytes(RepetitionInfo repetition) throws IOException {
        var random = new Random(repetition.getCurrentRepetition());
        var bytes = new byte[random.nextInt(64)];
        random.nextBytes(bytes);
        for (var i = 0; i + 4 < bytes.length; i += 5 + random.nextInt(8)) {
            bytes[i] = (byte) random.nextInt(3);
            bytes[i + 1] = bytes[i + 2] = bytes[i + 3] = 0;
            bytes[i + 4] = (byte) random.nextInt(12);
        }
        var reader = reader(bytes);
        var total = 0;
        try {
            for (var envelope = reader.next(); envelope.isPresent(); envelope = reader.next()) {
                total += Envelope.HEAD_LENGTH + envelope.get().length;
            }
            assertThat(total).isEqualTo(bytes.length);
        } catch (ConnectFailure refused) {
            assertThat(refused.code()).isIn(ConnectCode.INVALID_ARGUMENT, ConnectCode.RESOURCE_EXHAUSTED, ConnectCode.INTERNAL);
            assertThat(total).isLessThanOrEqualTo(bytes.length);
        }
    }

    private EnvelopeReader reader(String hex) {
        return reader(HexFormat.of().parseHex(hex));
    }

    private EnvelopeReader reader(byte[] body) {
        return new EnvelopeReader(new MessageReader(new ByteArrayInputStream(body), Compression.IDENTITY, memory, alarms));
    }
}
