package dev.caisson.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
    private static final Deadline SOON = Deadline.after(Duration.ofSeconds(30));
    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8187, 8188, 65_536, 65_537, 131_072, 1_000_000, 4 << 20})
    void joinsWhatEncodeSplit(int size) throws Exception {
        var payload = new byte[size];
        new Random(size).nextBytes(payload);
        new Message(FrameType.SPAWN, payload).encode(wire);
        Message.empty(FrameType.PING).encode(wire);
        var reader = reader(1000);

        var message = reader.message(SOON);

        assertThat(message.type()).isEqualTo(FrameType.SPAWN);
        assertThat(message.payload()).isEqualTo(payload);
        assertThat(reader.message(SOON).type()).isEqualTo(FrameType.PING);
        assertThat(reader.hasBuffered()).isFalse();
        assertThatThrownBy(() -> reader.message(SOON)).isInstanceOf(EOFException.class);
    }

    @Test
    void goesOnWhereATimeoutInterruptedIt() throws Exception {
        var payload = new byte[100_000];
        new Random(1).nextBytes(payload);
        new Message(FrameType.SPAWN, payload).encode(wire);
        var source = new ByteSource(wire.toByteArray(), 777);
        var interrupted = new FrameReader((into, offset, length, deadline) -> {
            if (source.reads() % 2 == 0) {
                source.skipTurn();
                throw new SocketTimeoutException("not yet");
            }
            return source.read(into, offset, length, deadline);
        });

        Message message = null;
        var timeouts = 0;
        while (message == null) {
            try {
                message = interrupted.message(SOON);
            } catch (SocketTimeoutException e) {
                timeouts++;
            }
        }

        assertThat(timeouts).isGreaterThan(100);
        assertThat(message.payload()).isEqualTo(payload);
    }

    @Test
    void refusesAFrameThatIsTooLongBeforeReadingIt() {
        wire.writeBytes(new byte[] {0, 1, 0, 1, 0x12});

        assertThatThrownBy(() -> reader(5).message(SOON)).isInstanceOf(MalformedException.class).hasMessageContaining("65537");
    }

    @Test
    void refusesALengthThatLooksNegative() {
        wire.writeBytes(new byte[] {-1, -1, -1, -1, 0x12});

        assertThatThrownBy(() -> reader(5).message(SOON)).isInstanceOf(MalformedException.class);
    }

    @Test
    void refusesUnknownTypes() {
        wire.writeBytes(new byte[] {0, 0, 0, 0, 0x7f});

        assertThatThrownBy(() -> reader(5).message(SOON)).isInstanceOf(MalformedException.class).hasMessageContaining("0x7f");
    }

    @Test
    void refusesAMessageWhosePartsAreTooMany() {
        for (var part = 0; part < 65; part++) {
            new Message(FrameType.PART, new byte[Message.LARGEST_FRAME]).encode(wire);
        }

        assertThatThrownBy(() -> reader(8192).message(SOON)).isInstanceOf(MalformedException.class).hasMessageContaining("4194304");
    }

    @Test
    void handsOutTheBodyOfAFrameInPieces() throws Exception {
        new Message(FrameType.DATA, new byte[] {1, 2, 3}).encode(wire);
        Message.empty(FrameType.DONE).encode(wire);
        wire.write(9);
        var reader = reader(100);
        var piece = new byte[2];

        assertThat(reader.frameType(SOON)).isEqualTo(FrameType.DATA);
        assertThat(reader.body(piece, 0, 2, SOON)).isEqualTo(2);
        assertThat(reader.body(piece, 0, 2, SOON)).isEqualTo(1);
        assertThat(piece).containsExactly(3, 2);
        assertThat(reader.body(piece, 0, 2, SOON)).isZero();
        assertThat(reader.frameType(SOON)).isEqualTo(FrameType.DONE);
        assertThat(reader.message(SOON).payload()).isEmpty();
        assertThat(reader.leftover(piece, 0, 2)).isEqualTo(1);
        assertThat(piece[0]).isEqualTo((byte) 9);
    }

    private FrameReader reader(int most) {
        return new FrameReader(new ByteSource(wire.toByteArray(), most));
    }
}
