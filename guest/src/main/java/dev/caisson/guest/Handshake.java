package dev.caisson.guest;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One mutual challenge ({@code guest-agent/PROTOCOL.md} §2): the host's answer to a HELLO, and what the agent's proof must be.
 *
 * @param agent what the HELLO said; not to be believed before the proof was checked
 * @param auth the AUTH message
 * @param expectedProof what WELCOME must carry
 */
@SuppressWarnings("ArrayRecordComponent") // compared in constant time only
record Handshake(AgentInfo agent, Message auth, byte[] expectedProof) {
    static final int KEY_BYTES = 32;
    static final int NONCE_BYTES = 32;
    static final int PROOF_BYTES = 32;
    /** The only version that this side speaks. */
    static final int VERSION = 1;

    private static final byte[] MAGIC = "CSNL".getBytes(StandardCharsets.US_ASCII);
    private static final String HOST = "caisson link host\0";
    private static final String AGENT = "caisson link agent\0";
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Answers a HELLO with a fresh nonce. */
    static Handshake answer(byte[] key, Message hello) throws MalformedException, RefusedException {
        var nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        return answer(key, hello, nonce);
    }

    static Handshake answer(byte[] key, Message hello, byte[] nonce) throws MalformedException, RefusedException {
        var agent = parse(hello);
        var version = new PayloadWriter().u16(VERSION).message(FrameType.AUTH).payload();
        var talk = concat(hello.payload(), version, nonce);
        var mac = mac(key);
        var auth = new Message(FrameType.AUTH, concat(version, nonce, proof(mac, HOST, talk)));
        return new Handshake(agent, auth, proof(mac, AGENT, talk));
    }

    /** Checks WELCOME, in a time that does not depend on where it differs. */
    void check(Message welcome) throws MalformedException, RefusedException {
        expect(FrameType.WELCOME, welcome);
        var proof = Arrays.copyOf(welcome.payload(), Math.min(welcome.payload().length, PROOF_BYTES));
        if (!MessageDigest.isEqual(expectedProof, proof)) {
            throw new RefusedException("the agent does not know the key of this link", null);
        }
    }

    private static AgentInfo parse(Message hello) throws MalformedException, RefusedException {
        expect(FrameType.HELLO, hello);
        var in = hello.reader();
        if (!Arrays.equals(in.fixed(MAGIC.length), MAGIC)) {
            throw new MalformedException("what answers is not a guest agent");
        }
        var lowest = in.u16();
        var highest = in.u16();
        in.fixed(NONCE_BYTES);
        var version = in.str();
        var capabilities = new HashSet<>(in.list(PayloadReader::str));
        if (lowest > VERSION || highest < VERSION) {
            throw new RefusedException(
                    "the agent speaks protocol versions %d to %d, this server version %d".formatted(lowest, highest, VERSION), null);
        }
        return new AgentInfo(VERSION, version, capabilities);
    }

    private static void expect(FrameType wanted, Message got) throws MalformedException {
        if (got.type() != wanted) {
            throw new MalformedException(got.type() + " in place of " + wanted);
        }
    }

    private static Mac mac(byte[] key) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
        }
    }

    private static byte[] proof(Mac mac, String who, byte[] talk) {
        mac.update(who.getBytes(StandardCharsets.US_ASCII));
        return mac.doFinal(talk);
    }

    private static byte[] concat(byte[]... parts) {
        var whole = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        var position = 0;
        for (var part : parts) {
            System.arraycopy(part, 0, whole, position, part.length);
            position += part.length;
        }
        return whole;
    }
}
