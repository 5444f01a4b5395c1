package dev.caisson.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever the agent sends, the host answers with one of its own exceptions, in time. The seed is printed; run it again with
 * {@code -Dcaisson.fuzz.seed=}, and longer with {@code -Dcaisson.fuzz.seconds=}.
 */
@Timeout(600)
class LinkFuzzTest {
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("caisson.fuzz.seconds", 2));
    private static final LinkTimeouts IMPATIENT =
            new LinkTimeouts(Duration.ofSeconds(5), Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofMillis(50));

    /** On a machine that is busy, the time alone may allow hardly any. */
    private static final int FEWEST = 50;

    private final long seed = Long.getLong("caisson.fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<byte[]> honest = honestStreams();

    private interface Decoder {
        void decode(PayloadReader in) throws IOException;
    }

    private static final List<Decoder> DECODERS = List.of(
            EntryCodec::read,
            in -> in.list(EntryCodec::read),
            SpawnCodec::read,
            LinkWatch::event,
            PayloadReader::map,
            PayloadReader::time);

    @Test
    void decodersThrowNothingButTheirOwn() {
        var end = Deadline.after(TIME);
        var runs = 0;
        for (; !end.passed() || runs < FEWEST; runs++) {
            var wire = spoiled(honest.get(random.nextInt(honest.size())));
            try {
                decode(wire);
            } catch (MalformedException | EOFException | RefusedException e) {
                assertThat(e).hasMessageNotContaining("null");
            } catch (IOException | RuntimeException e) {
                fail("seed " + seed + ", run " + runs, e);
            }
        }
        System.out.println("LinkFuzzTest: " + runs + " streams decoded, seed " + seed);
    }

    @Test
    void operationsEndInTimeWhateverComes() throws Exception {
        var end = Deadline.after(TIME);
        var runs = 0;
        try (var agent = ScriptedAgent.start(this::babble)) {
            for (; !end.passed() || runs < FEWEST; runs++) {
                try (var link = GuestLink.connect(agent.address(), ScriptedAgent.KEY, Duration.ofSeconds(10), IMPATIENT)) {
                    operation(link, runs % 7);
                } catch (GuestException e) {
                    assertThat(e).as("seed " + seed).hasMessageNotContaining("null");
                }
            }
        }
        System.out.println("LinkFuzzTest: " + runs + " operations, seed " + seed);
    }

    private void decode(byte[] wire) throws IOException {
        var reader = new FrameReader(new ByteSource(wire, 1 + random.nextInt(9000)));
        var deadline = Deadline.after(Duration.ofMinutes(1));
        while (true) {
            var message = reader.message(deadline);
            for (var decoder : DECODERS) {
                decode(decoder, message);
            }
            if (message.type() == FrameType.ERROR) {
                assertThat(Failures.refusal("fuzz", message)).isNotNull();
            }
            if (message.type() == FrameType.HELLO) {
                Handshake.answer(ScriptedAgent.KEY, message);
            }
        }
    }

    private static void decode(Decoder decoder, Message message) throws IOException {
        try {
            decoder.decode(message.reader());
        } catch (MalformedException e) {
            // As it is for most decoders with most payloads; anything else fails the test.
        }
    }

    private void babble(ScriptedAgent.Peer peer) throws IOException {
        peer.greet();
        peer.receive();
        byte[] wire;
        synchronized (random) {
            wire = spoiled(honest.get(random.nextInt(honest.size())));
        }
        peer.raw(wire);
        peer.silence();
    }

    private static void operation(GuestAgent agent, int which) {
        var none = Duration.ofMillis(20);
        switch (which) {
            case 0 -> agent.stat("", "/");
            case 1 -> agent.list("", "/", 3);
            case 2 -> agent.processes();
            case 3 -> agent.stats();
            case 4 -> {
                var stream = agent.spawn(SPAWN);
                while (stream.next(none).isPresent()) {}
            }
            case 5 -> {
                var watch = agent.watch(new WatchRequest("", "/", true, true, false));
                while (watch.next(none).isPresent()) {}
            }
            default -> {
                try (var file = agent.read("", "/x", 0, -1)) {
                    file.content().transferTo(new ByteArrayOutputStream());
                } catch (IOException e) {
                    fail("streams of the link throw GuestException", e);
                }
            }
        }
    }

    /** Cut off, with bytes changed, doubled or made up. */
    private byte[] spoiled(byte[] wire) {
        var out = wire.clone();
        for (var changes = random.nextInt(6); changes > 0 && out.length > 0; changes--) {
            out[random.nextInt(Math.min(out.length, 400))] = interesting();
        }
        return switch (random.nextInt(4)) {
            case 0 -> new ByteArrayInputStream(out, 0, random.nextInt(out.length + 1)).readAllBytes();
            case 1 -> {
                var twice = new ByteArrayOutputStream();
                twice.writeBytes(out);
                twice.write(out, 0, random.nextInt(out.length + 1));
                yield twice.toByteArray();
            }
            case 2 -> {
                var noise = new byte[random.nextInt(300)];
                random.nextBytes(noise);
                yield noise;
            }
            default -> out;
        };
    }

    private byte interesting() {
        var candidates = new int[] {0, 1, 2, 0x10, 0x11, 0x7f, 0x80, 0xff, random.nextInt(256)};
        return (byte) candidates[random.nextInt(candidates.length)];
    }

    private static final SpawnRequest SPAWN = new SpawnRequest(
            "cmd", List.of("a", "b"), Map.of("K", "V"), Optional.of("/"), "user", Optional.of("tag"), true,
            Optional.of(new PtySize(80, 24)));

    private static List<byte[]> honestStreams() {
        var entry = entry();
        var done = Message.empty(FrameType.DONE);
        return List.of(
                encoded(HandshakeTest.hello("CSNL", 1, 1)),
                encoded(new Message(FrameType.DONE, entry)),
                encoded(new PayloadWriter().u32(1).message(FrameType.ENTRIES), done),
                encoded(new Message(FrameType.ENTRY, entry), new Message(FrameType.DATA, new byte[100]), done),
                encoded(processes(), done),
                encoded(new PayloadWriter().u32(2).u64(1).u64(1).u64(1).u64(1).u64(1).u64(1).u64(1).u32(5).message(FrameType.DONE)),
                encoded(
                        new PayloadWriter().u32(7).u64(0).message(FrameType.STARTED),
                        new Message(FrameType.OUTPUT, new byte[] {1, 'h', 'i'}),
                        new PayloadWriter().u32(0).u8(0).bool(false).message(FrameType.EXITED)),
                encoded(done, event(entry)),
                encoded(new PayloadWriter().u8(4).u32(2).str("no such file").str("/x").message(FrameType.ERROR)),
                encoded(new Message(FrameType.SPAWN, new byte[70_000]), done));
    }

    private static Message processes() {
        var payload = new ByteArrayOutputStream();
        payload.writeBytes(new PayloadWriter().u32(7).message(FrameType.PROCESS).payload());
        payload.writeBytes(SpawnCodec.write(SPAWN).message(FrameType.PROCESS).payload());
        return new Message(FrameType.PROCESS, payload.toByteArray());
    }

    private static Message event(byte[] entry) {
        var payload = new ByteArrayOutputStream();
        payload.writeBytes(new PayloadWriter().str("n").u8(1).u32(0).bool(true).message(FrameType.EVENT).payload());
        payload.writeBytes(entry);
        return new Message(FrameType.EVENT, payload.toByteArray());
    }

    private static byte[] entry() {
        var fields = new PayloadWriter()
                .str("n").str("/n").u8(1).bool(true).u16(0644).u32(0).u64(5).str("root").str("root").u32(0).u32(0)
                .time(Instant.EPOCH).optional(Optional.of("/target"), PayloadWriter::str).map(Map.of("k", "v"))
                .message(FrameType.DONE)
                .payload();
        return new PayloadWriter().bytes(fields).message(FrameType.DONE).payload();
    }

    private static byte[] encoded(Message... messages) {
        var out = new ByteArrayOutputStream();
        for (var message : messages) {
            message.encode(out);
        }
        return out.toByteArray();
    }
}
