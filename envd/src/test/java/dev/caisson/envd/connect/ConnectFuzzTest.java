package dev.caisson.envd.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.caisson.envd.proto.FilesystemProto.EntryInfo;
import dev.caisson.envd.proto.FilesystemProto.ListDirResponse;
import dev.caisson.envd.proto.ProcessProto.ListResponse;
import dev.caisson.envd.proto.ProcessProto.StartRequest;
import dev.caisson.envd.proto.ProcessProto.StartResponse;
import dev.caisson.envd.proto.ProcessProto.StreamInputRequest;
import dev.caisson.http.testing.FakeExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Random messages against protobuf's own codec, and random damage to requests. The seed is the number of the repetition. */
class ConnectFuzzTest {
    private static final int LIMIT = 4000;
    private static final List<Message> PROTOTYPES = List.of(
            StartRequest.getDefaultInstance(), StartResponse.getDefaultInstance(), StreamInputRequest.getDefaultInstance(),
            ListResponse.getDefaultInstance(), EntryInfo.getDefaultInstance(), ListDirResponse.getDefaultInstance());

    private final Alarms alarms = new Alarms();
    private final ConnectServer<String> server = new ConnectServer<>(
            List.of(
                    new ConnectMethod.Unary<>("/t.T/Unary", StartRequest.getDefaultInstance(), (_, request) -> request),
                    new ConnectMethod.ServerStream<>(
                            "/t.T/Server", StartRequest.getDefaultInstance(),
                            (_, request, responses) -> responses.send(request)),
                    new ConnectMethod.ClientStream<>("/t.T/Client", StartRequest.getDefaultInstance(), this::last)),
            LIMIT, LIMIT, alarms, e -> new ConnectFailure(ConnectCode.ABORTED, "unexpected", e));

    @AfterEach
    void close() {
        alarms.close();
    }

    private StartRequest last(Call<String> call, ConnectMethod.Requests<StartRequest> requests) throws IOException {
        var last = StartRequest.getDefaultInstance();
        for (var request = requests.next(); request.isPresent(); request = requests.next()) {
            last = request.get();
        }
        return last;
    }

    @RepeatedTest(300)
    void bothCodecsReadAndWriteWhatProtobufsOwnDo(RepetitionInfo repetition) throws InvalidProtocolBufferException {
        var random = new Random(repetition.getCurrentRepetition());
        for (var prototype : PROTOTYPES) {
            var message = message(prototype, random);
            var json = new String(Codec.JSON.encode(message), StandardCharsets.UTF_8);
            var back = message.newBuilderForType();
            JsonFormat.parser().merge(json, back);
            assertThat(back.build()).isEqualTo(message);
            var theirs = JsonFormat.printer().print(message).getBytes(StandardCharsets.UTF_8);
            assertThat(Codec.JSON.decode(theirs, prototype)).isEqualTo(message);
            assertThat(prototype.getParserForType().parseFrom(Codec.PROTOBUF.encode(message))).isEqualTo(message);
            assertThat(Codec.PROTOBUF.decode(message.toByteArray(), prototype)).isEqualTo(message);
        }
    }

    @RepeatedTest(50)
    void aListWrittenInPiecesIsTheListAsAWhole(RepetitionInfo repetition) throws IOException {
        var random = new Random(repetition.getCurrentRepetition());
        var whole = ListDirResponse.newBuilder();
        for (var i = random.nextInt(5); i > 0; i--) {
            whole.addEntries((EntryInfo) message(EntryInfo.getDefaultInstance(), random));
        }
        var list = ListDirResponse.getDescriptor().findFieldByNumber(ListDirResponse.ENTRIES_FIELD_NUMBER);
        for (var codec : Codec.values()) {
            var out = new ByteArrayOutputStream();
            for (var i = 0; i < whole.getEntriesCount(); i++) {
                codec.writeElement(out, list, whole.getEntries(i), i == 0);
            }
            codec.writeEnd(out, whole.getEntriesCount() == 0);
            assertThat(out.toByteArray()).isEqualTo(codec.encode(whole.build()));
        }
    }

    /** Whatever was done to a request, it has one whole answer with a code of the protocol, and nothing of it is kept. */
    @RepeatedTest(1500)
    void damagedRequestsAreAnsweredInTheProtocol(RepetitionInfo repetition) throws IOException {
        var random = new Random(repetition.getCurrentRepetition());
        var stream = random.nextInt(3) > 0;
        var codec = Codec.values()[random.nextInt(2)];
        var path = stream ? List.of("/t.T/Server", "/t.T/Client").get(random.nextInt(2)) : "/t.T/Unary";
        var packed = random.nextBoolean();
        var body = new ByteArrayOutputStream();
        for (var i = stream ? random.nextInt(3) : 1; i > 0; i--) {
            var payload = codec.encode(message(StartRequest.getDefaultInstance(), random));
            var bytes = packed ? gzip(payload) : payload;
            body.writeBytes(stream ? frame(packed ? 1 : 0, bytes) : bytes);
        }
        var request = FakeExchange.request("POST", path)
                .header("Content-Type", "application/" + (stream ? "connect+" : "") + codec.wireName())
                .body(damaged(body.toByteArray(), random));
        if (packed) {
            request.header(stream ? "Connect-Content-Encoding" : "Content-Encoding", "gzip");
        }
        var answer = request.handledBy(e -> server.handle(e, "somebody"));
        if (stream) {
            assertThat(answer.status()).isEqualTo(200);
            expectWholeStream(answer.answerBody());
        } else {
            assertThat(answer.status()).isIn(200, 400, 429);
        }
        expectAllMemoryFree();
    }

    private void expectAllMemoryFree() {
        var large = "{\"tag\":\"" + "t".repeat(LIMIT - 10) + "\"}";
        var answer = FakeExchange.request("POST", "/t.T/Unary").header("Content-Type", "application/json").body(large)
                .handledBy(e -> server.handle(e, "somebody"));
        assertThat(answer.status()).isEqualTo(200);
    }

    private static void expectWholeStream(byte[] body) {
        var bytes = ByteBuffer.wrap(body);
        var flags = 0;
        while (bytes.hasRemaining()) {
            assertThat(flags).isZero();
            flags = bytes.get();
            var payload = new byte[bytes.getInt()];
            bytes.get(payload);
            if (flags != 0) {
                assertThat(new String(payload, StandardCharsets.UTF_8)).matches(
                        "\\{}|\\{\"error\":\\{\"code\":\"(invalid_argument|resource_exhausted|unimplemented|internal)\",.*");
                assertThat(new String(payload, StandardCharsets.UTF_8)).doesNotContain("defect of the server");
            }
        }
        assertThat(flags).isEqualTo(Envelope.END);
    }

    private static byte[] damaged(byte[] body, Random random) {
        var bytes = body.clone();
        for (var blows = random.nextInt(4); blows > 0 && bytes.length > 0; blows--) {
            switch (random.nextInt(4)) {
                case 0 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                case 1 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                default -> {
                    var at = random.nextInt(bytes.length);
                    bytes = Arrays.copyOf(bytes, bytes.length + 3);
                    System.arraycopy(bytes, at, bytes, at + 3, bytes.length - at - 3);
                }
            }
        }
        return bytes;
    }

    private static byte[] frame(int flags, byte[] payload) {
        return ByteBuffer.allocate(5 + payload.length).put((byte) flags).putInt(payload.length).put(payload).array();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static Message message(Message prototype, Random random) {
        var builder = prototype.newBuilderForType();
        for (var field : prototype.getDescriptorForType().getFields()) {
            if (random.nextInt(3) == 0) {
                continue;
            }
            if (field.isMapField()) {
                var entry = builder.newBuilderForField(field);
                entry.setField(entry.getDescriptorForType().findFieldByNumber(1), "k" + random.nextInt(3));
                entry.setField(entry.getDescriptorForType().findFieldByNumber(2), text(random));
                builder.addRepeatedField(field, entry.build());
            } else if (field.isRepeated()) {
                var values = new ArrayList<Object>();
                for (var i = random.nextInt(3); i > 0; i--) {
                    values.add(value(builder, field, random));
                }
                builder.setField(field, values);
            } else {
                builder.setField(field, value(builder, field, random));
            }
        }
        return builder.build();
    }

    private static Object value(Message.Builder parent, FieldDescriptor field, Random random) {
        return switch (field.getJavaType()) {
            case INT -> random.nextInt();
            case LONG -> random.nextLong();
            case BOOLEAN -> random.nextBoolean();
            case STRING -> text(random);
            case BYTE_STRING -> {
                var bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                yield ByteString.copyFrom(bytes);
            }
            case ENUM -> field.getEnumType().getValues().get(random.nextInt(field.getEnumType().getValues().size()));
            case MESSAGE -> field.getMessageType().getFullName().equals("google.protobuf.Timestamp")
                    ? com.google.protobuf.Timestamp.newBuilder().setSeconds(random.nextInt()).setNanos(random.nextInt(1_000_000_000)).build()
                    : message(parent.newBuilderForField(field).build(), random);
            case FLOAT, DOUBLE -> throw new IllegalArgumentException("no message of ours has a " + field.getJavaType());
        };
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(12), 0, 0x800).filter(c -> c != 0)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void theLargestNumbersAndNamesSurviveTheJson() {
        var entry = EntryInfo.newBuilder().setSize(Long.MAX_VALUE).setName("\u2028\ud83d\ude00\"\\\n").build();
        assertThat(Codec.JSON.decode(Codec.JSON.encode(entry), EntryInfo.getDefaultInstance())).isEqualTo(entry);
    }
}
