package dev.caisson.envd.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.caisson.base.Category;
import dev.caisson.envd.proto.FilesystemProto.EntryInfo;
import dev.caisson.envd.proto.FilesystemProto.ListDirResponse;
import dev.caisson.envd.proto.FilesystemProto.StatRequest;
import dev.caisson.envd.proto.FilesystemProto.WatchDirResponse;
import dev.caisson.guest.GuestException;
import dev.caisson.http.testing.FakeExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the Connect protocol asks of a server, on methods whose request says what they shall do. */
class ConnectServerTest {
    private static final int LIMIT = 1000;
    private static final FieldDescriptor ENTRIES = ListDirResponse.getDescriptor().findFieldByName("entries");
    private final Alarms alarms = new Alarms();
    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicBoolean interrupted = new AtomicBoolean();
    private final ConnectServer<String> server = new ConnectServer<>(
            List.of(
                    new ConnectMethod.Unary<>("/t.T/Unary", StatRequest.getDefaultInstance(), this::unary),
                    new ConnectMethod.Listing<>("/t.T/Listing", StatRequest.getDefaultInstance(), ENTRIES, this::listing),
                    new ConnectMethod.ServerStream<>("/t.T/Server", StatRequest.getDefaultInstance(), this::serverStream),
                    new ConnectMethod.ClientStream<>("/t.T/Client", StatRequest.getDefaultInstance(), this::clientStream)),
            LIMIT,
            2 * LIMIT,
            alarms,
            e -> new ConnectFailure(ConnectCode.ABORTED, "translated: " + e.getMessage(), e));

    @AfterEach
    void close() {
        alarms.close();
    }

    private StatRequest unary(Call<String> call, StatRequest request) {
        var path = request.getPath();
        switch (path) {
            case "defect" -> throw new IllegalStateException("secret");
            case "caisson" -> throw new GuestException(Category.NOT_FOUND, "said so");
            case "hang" -> hang();
            default -> {
                if (path.startsWith("fail ")) {
                    throw new ConnectFailure(ConnectCode.valueOf(path.substring(5)), "as asked");
                }
            }
        }
        return request;
    }

    private void listing(Call<String> call, StatRequest request, ConnectMethod.Responses<EntryInfo> responses)
            throws IOException {
        var count = Integer.parseInt(request.getPath().replaceAll("\\D", ""));
        for (var i = 0; i < count; i++) {
            responses.send(EntryInfo.newBuilder().setName("entry").setSize(i).build());
        }
        if (request.getPath().endsWith("fail")) {
            throw new ConnectFailure(ConnectCode.INTERNAL, "after " + count);
        }
    }

    private void serverStream(Call<String> call, StatRequest request, ConnectMethod.Responses<WatchDirResponse> responses)
            throws IOException {
        if (request.getPath().equals("fail first")) {
            throw new ConnectFailure(ConnectCode.NOT_FOUND, "nothing");
        }
        var message = WatchDirResponse.newBuilder().setStart(WatchDirResponse.StartEvent.getDefaultInstance()).build();
        responses.send(message);
        responses.send(message);
        switch (request.getPath()) {
            case "fail later" -> throw new ConnectFailure(ConnectCode.INTERNAL, "later");
            case "break" -> throw new CallBroken(new IllegalStateException("gone"));
            default -> {}
        }
    }

    private StatRequest clientStream(Call<String> call, ConnectMethod.Requests<StatRequest> requests) throws IOException {
        var joined = new StringBuilder();
        for (var request = requests.next(); request.isPresent(); request = requests.next()) {
            if (request.get().getPath().equals("hang")) {
                hang();
            }
            joined.append(request.get().getPath());
        }
        return StatRequest.newBuilder().setPath(joined.toString()).build();
    }

    private void hang() {
        try {
            never.await();
        } catch (InterruptedException e) {
            interrupted.set(true);
            throw new IllegalStateException("interrupted", e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json; charset=utf-8", "Application/JSON"})
    void answersInTheRequestsCodec(String type) {
        var answer = send(post("/t.T/Unary", type).body("{\"path\":\"p\"}"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.answerHeaders("Content-Type")).containsExactly("application/json");
        assertThat(answer.answerText()).isEqualTo("{\"path\":\"p\"}");
        var binary = send(post("/t.T/Unary", "application/proto").body(new byte[] {10, 1, 'p'}));
        assertThat(binary.answerHeaders("Content-Type")).containsExactly("application/proto");
        assertThat(binary.answerBody()).containsExactly(10, 1, 'p');
        assertThat(send(post("/t.T/Unary", "application/proto").body(new byte[0])).status()).isEqualTo(200);
        assertThat(send(post("/t.T/Unary", "application/json").body(new byte[0])).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @EnumSource(ConnectCode.class)
    void everyCodeHasItsStatus(ConnectCode code) {
        var answer = send(post("/t.T/Unary", "application/proto")
                .body(StatRequest.newBuilder().setPath("fail " + code).build().toByteArray()));
        assertThat(answer.status()).isEqualTo(code.status());
        assertThat(answer.answerHeaders("Content-Type")).containsExactly("application/json");
        assertThat(answer.answerText())
                .isEqualTo("{\"code\":\"" + code.wireName() + "\",\"message\":\"as asked\"}");
    }

    @Test
    void defectsAreInternalAndKeepTheirSecrets() {
        assertThat(json("{\"path\":\"defect\"}").status()).isEqualTo(500);
        assertThat(json("{\"path\":\"defect\"}").answerText()).contains("\"internal\"").doesNotContain("secret");
        assertThat(json("{\"path\":\"caisson\"}").answerText()).contains("aborted", "translated: said so");
    }

    @Test
    void onlyPostIsAMethod() {
        var answer = send(FakeExchange.request("GET", "/t.T/Unary"));
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.answerHeader("Allow")).contains("POST");
        assertThat(server.serves("/t.T/Other")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/t.T/Unary, application/connect+json", "/t.T/Unary, application/grpc", "/t.T/Unary, text/plain", "/t.T/Unary, ''",
        "/t.T/Server, application/json", "/t.T/Client, application/proto", "/t.T/Server, application/grpc-web+proto"
    })
    void otherContentTypesAreRefusedWithTheRightOnes(String path, String type) {
        var answer = send(post(path, type).body("{}"));
        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.answerHeader("Accept-Post").orElseThrow())
                .isEqualTo(path.endsWith("Unary")
                        ? "application/json, application/proto"
                        : "application/connect+json, application/connect+proto");
    }

    @ParameterizedTest
    @CsvSource({
        "Connect-Protocol-Version, 2, 400", "Connect-Protocol-Version, 1, 200",
        "Connect-Timeout-Ms, soon, 400", "Connect-Timeout-Ms, 12345678901, 400", "Connect-Timeout-Ms, 9999999999, 200",
        "Connect-Timeout-Ms, 0, 504", "Connect-Timeout-Ms, -1, 504", "Connect-Timeout-Ms, '', 400",
        "Content-Encoding, identity, 200", "Content-Encoding, br, 501", "Content-Encoding, gzip, 400"
    })
    void checksTheProtocolsHeaders(String header, String value, int status) {
        assertThat(send(post("/t.T/Unary", "application/json").header(header, value).body("{}")).status()).isEqualTo(status);
    }

    @Test
    void streamsReportBadHeadersInTheirLastFrame() {
        var answer = send(post("/t.T/Server", "application/connect+json")
                .header("Connect-Content-Encoding", "br")
                .body(envelope(0, "{}")));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(frames(answer)).startsWith("2 {\"error\":{\"code\":\"unimplemented\"");
    }

    @Test
    void unpacksGzip() throws IOException {
        var unary = send(post("/t.T/Unary", "application/json").header("Content-Encoding", "gzip").body(gzip("{\"path\":\"p\"}")));
        assertThat(unary.answerText()).isEqualTo("{\"path\":\"p\"}");
        assertThat(unary.answerHeader("Content-Encoding")).isEmpty();
        var stream = send(post("/t.T/Client", "application/connect+json")
                .header("Connect-Content-Encoding", "gzip")
                .body(join(envelope(1, gzip("{\"path\":\"a\"}")), envelope(0, "{\"path\":\"b\"}"))));
        assertThat(frames(stream)).isEqualTo("0 {\"path\":\"ab\"}2 {}");
    }

    @Test
    void refusesPackedFramesThatWereNotAnnounced() throws IOException {
        assertThat(frames(send(post("/t.T/Client", "application/connect+json").body(envelope(1, gzip("{}"))))))
                .contains("\"code\":\"internal\"");
    }

    @Test
    void boundsMessagesPackedOrNot() throws IOException {
        var big = "{\"path\":\"" + "p".repeat(LIMIT) + "\"}";
        assertThat(json(big).status()).isEqualTo(429);
        assertThat(send(post("/t.T/Unary", "application/json").header("Content-Encoding", "gzip").body(gzip(big))).status())
                .isEqualTo(429);
        assertThat(frames(send(post("/t.T/Client", "application/connect+json").body(envelope(0, big)))))
                .contains("\"code\":\"resource_exhausted\"");
    }

    @Test
    void aStreamEndsWithItsLastFrame() {
        assertThat(frames(stream("ok"))).isEqualTo("0 {\"start\":{}}0 {\"start\":{}}2 {}");
        assertThat(frames(stream("fail first"))).isEqualTo("2 {\"error\":{\"code\":\"not_found\",\"message\":\"nothing\"}}");
        assertThat(frames(stream("fail later"))).endsWith("2 {\"error\":{\"code\":\"internal\",\"message\":\"later\"}}");
        assertThat(stream("fail first").status()).isEqualTo(200);
        assertThat(stream("ok").complete()).isTrue();
    }

    @Test
    void aBrokenStreamHasNoLastFrame() {
        var answer = stream("break");
        assertThat(answer.aborted()).isTrue();
        assertThat(frames(answer)).isEqualTo("0 {\"start\":{}}0 {\"start\":{}}");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 100_000})
    void aListingIsOneMessageHoweverLong(int count) throws IOException {
        var json = send(post("/t.T/Listing", "application/json").body("{\"path\":\"" + count + "\"}"));
        assertThat(json.status()).isEqualTo(200);
        assertThat(json.answerHeaders("Content-Type")).containsExactly("application/json");
        assertThat(json.complete()).isTrue();
        var fromJson = Codec.JSON.decode(json.answerBody(), ListDirResponse.getDefaultInstance());
        var binary = send(post("/t.T/Listing", "application/proto")
                .body(StatRequest.newBuilder().setPath("" + count).build().toByteArray()));
        var fromBinary = ListDirResponse.parseFrom(binary.answerBody());
        assertThat(fromJson).isEqualTo(fromBinary);
        assertThat(fromBinary.getEntriesCount()).isEqualTo(count);
    }

    @Test
    void aListingThatFailsIsAnErrorWhileItIsShortAndCutOffLater() {
        var early = send(post("/t.T/Listing", "application/json").body("{\"path\":\"3 fail\"}"));
        assertThat(early.answerText()).isEqualTo("{\"code\":\"internal\",\"message\":\"after 3\"}");
        var late = send(post("/t.T/Listing", "application/json").body("{\"path\":\"100000 fail\"}"));
        assertThat(late.aborted()).isTrue();
    }

    @Test
    void aServerStreamTakesExactlyOneMessage() {
        assertThat(frames(send(post("/t.T/Server", "application/connect+json").body(new byte[0])))).contains("unimplemented");
        assertThat(frames(send(post("/t.T/Server", "application/connect+json").body(join(envelope(0, "{}"), envelope(0, "{}"))))))
                .contains("unimplemented");
    }

    @Test
    void aClientStreamMayBeEmpty() {
        assertThat(frames(send(post("/t.T/Client", "application/connect+json").body(new byte[0])))).isEqualTo("0 {}2 {}");
    }

    @Test
    void theDeadlineEndsWhatHangs() {
        var unary = send(post("/t.T/Unary", "application/json").header("Connect-Timeout-Ms", "100").body("{\"path\":\"hang\"}"));
        assertThat(unary.status()).isEqualTo(504);
        assertThat(unary.answerText()).contains("deadline_exceeded");
        var stream = send(post("/t.T/Client", "application/connect+json")
                .header("Connect-Timeout-Ms", "100")
                .body(envelope(0, "{\"path\":\"hang\"}")));
        assertThat(frames(stream)).contains("deadline_exceeded");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aLeavingClientEndsWhatHangs() {
        var exchange = post("/t.T/Unary", "application/json").body("{\"path\":\"hang\"}");
        var thread = Thread.ofVirtual().start(() -> send(exchange));
        await().until(() -> thread.getState() == Thread.State.WAITING);
        exchange.clientLeaves();
        await().until(() -> !thread.isAlive());
        assertThat(interrupted).isTrue();
        assertThat(exchange.status()).isZero();
    }

    private FakeExchange json(String body) {
        return send(post("/t.T/Unary", "application/json").body(body));
    }

    private FakeExchange stream(String path) {
        return send(post("/t.T/Server", "application/connect+json").body(envelope(0, "{\"path\":\"" + path + "\"}")));
    }

    private FakeExchange send(FakeExchange exchange) {
        return exchange.handledBy(e -> server.handle(e, "me"));
    }

    private static FakeExchange post(String path, String type) {
        return FakeExchange.request("POST", path).header("Content-Type", type);
    }

    private static byte[] envelope(int flags, String payload) {
        return envelope(flags, payload.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] envelope(int flags, byte[] payload) {
        return ByteBuffer.allocate(5 + payload.length).put((byte) flags).putInt(payload.length).put(payload).array();
    }

    private static byte[] join(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }

    private static byte[] gzip(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static String frames(FakeExchange answer) {
        var text = new StringBuilder();
        var bytes = ByteBuffer.wrap(answer.answerBody());
        while (bytes.hasRemaining()) {
            text.append(bytes.get()).append(' ');
            var payload = new byte[bytes.getInt()];
            bytes.get(payload);
            text.append(new String(payload, StandardCharsets.UTF_8));
        }
        return text.toString();
    }
}
