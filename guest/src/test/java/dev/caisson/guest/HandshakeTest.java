package dev.caisson.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The numbers are the test vector of {@code guest-agent/PROTOCOL.md} §2. */
class HandshakeTest {
    private static final byte[] KEY = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

    @Test
    void provesBothSidesAsTheProtocolSays() throws Exception {
        var handshake = Handshake.answer(KEY, hello("CSNL", 1, 1), filled(0xbb));

        var auth = handshake.auth().reader();
        assertThat(auth.u16()).isEqualTo(1);
        assertThat(auth.fixed(32)).isEqualTo(filled(0xbb));
        assertThat(auth.rest()).asHexString().isEqualToIgnoringCase("2239f13f816f3b76507d4095d1ae0e634e6c46b5935aa85a982bb4ff35a6e714");
        assertThat(handshake.expectedProof())
                .asHexString()
                .isEqualToIgnoringCase("18e2609427e2029cb952af7cd5ebb1712ff4537f4d4280e51e0d265a38850364");
    }

    @Test
    void acceptsTheRightProofOnly() throws Exception {
        var handshake = Handshake.answer(KEY, hello("CSNL", 1, 1));
        var wrong = handshake.expectedProof().clone();
        wrong[31] ^= 1;

        assertThatCode(() -> handshake.check(new Message(FrameType.WELCOME, handshake.expectedProof()))).doesNotThrowAnyException();
        assertThatThrownBy(() -> handshake.check(new Message(FrameType.WELCOME, wrong))).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> handshake.check(Message.empty(FrameType.WELCOME))).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> handshake.check(Message.empty(FrameType.DONE))).isInstanceOf(MalformedException.class);
    }

    @Test
    void usesAFreshNonceEachTime() throws Exception {
        var one = Handshake.answer(KEY, hello("CSNL", 1, 1)).auth().payload();
        var other = Handshake.answer(KEY, hello("CSNL", 1, 1)).auth().payload();

        assertThat(Arrays.copyOfRange(one, 2, 34)).isNotEqualTo(Arrays.copyOfRange(other, 2, 34));
    }

    @Test
    void refusesWhatIsNoAgentAndWhatSpeaksOtherVersionsOnly() {
        assertThatThrownBy(() -> Handshake.answer(KEY, hello("SSH-", 1, 1))).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Handshake.answer(KEY, Message.empty(FrameType.HELLO))).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Handshake.answer(KEY, Message.empty(FrameType.DONE))).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Handshake.answer(KEY, hello("CSNL", 2, 3)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("versions 2 to 3");
    }

    static Message hello(String magic, int lowest, int highest, String... capabilities) {
        var payload = new PayloadWriter();
        for (var letter : magic.getBytes(StandardCharsets.US_ASCII)) {
            payload.u8(letter);
        }
        payload.u16(lowest).u16(highest);
        for (var octet : filled(0xaa)) {
            payload.u8(octet);
        }
        return payload.str("1").list(List.of(capabilities)).message(FrameType.HELLO);
    }

    private static byte[] filled(int octet) {
        var bytes = new byte[32];
        Arrays.fill(bytes, (byte) octet);
        return bytes;
    }
}
