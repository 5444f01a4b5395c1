package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.RemoteSandbox;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients of envd send wrong, too large or only in part: the right error, nothing left over, and the next request works. */
@Tag("root")
class EnvdLimitsTest {
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** More than 32 bits count; as a whole only where {@code -Dcaisson.full=true} asks for it. */
    private static final long LARGE = Boolean.getBoolean("caisson.full") ? (4L << 30) + 7 : (256L << 20) + 7;

    private static Caisson caisson;
    private static ApiClient api;
    private static RemoteSandbox sandbox;
    private static String token;

    @BeforeAll
    static void up() {
        caisson = Caisson.up();
        api = caisson.api();
        sandbox = api.create("base", Optional.of(Duration.ofMinutes(30)), Map.of());
        token = api.get("/sandboxes/" + sandbox.id()).path("envdAccessToken").asString();
    }

    @AfterAll
    static void down() {
        api.close();
        caisson.close();
    }

    @AfterEach
    void theNextRequestWorks() {
        assertThat(Commands.sh(sandbox, "echo fine").output()).isEqualTo("fine\n");
        assertThat(Commands.sh(sandbox, "ls -A /home/user/tmp 2>/dev/null").output()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "filesystem.Filesystem/Stat | {\"path\":\"/no\"} | 404 | not_found",
        "filesystem.Filesystem/Stat | {\"path\":{}} | 400 | invalid_argument",
        "filesystem.Filesystem/Stat | {\"path\": | 400 | invalid_argument",
        "filesystem.Filesystem/Stat | '' | 400 | invalid_argument",
        "filesystem.Filesystem/Stat | {\"path\":\"a\\u0000b\"} | 400 | invalid_argument",
        "filesystem.Filesystem/CreateWatcher | {\"path\":\"/etc/passwd\"} | 400 | invalid_argument",
        "filesystem.Filesystem/CreateWatcher | {\"path\":\"/no\"} | 404 | not_found",
        "filesystem.Filesystem/GetWatcherEvents | {\"watcherId\":\"wnone\"} | 404 | not_found",
        "filesystem.Filesystem/RemoveWatcher | {\"watcherId\":\"\"} | 404 | not_found",
        "process.Process/SendSignal | {\"process\":{\"pid\":999999},\"signal\":9} | 404 | not_found",
        "process.Process/SendSignal | {\"process\":{\"tag\":\"none\"},\"signal\":9} | 404 | not_found",
        "process.Process/SendSignal | {\"signal\":9} | 501 | unimplemented",
        "process.Process/SendInput | {\"process\":{\"pid\":999999},\"input\":{\"stdin\":\"\"}} | 404 | not_found",
        "process.Process/SendInput | {\"process\":{\"pid\":999999}} | 501 | unimplemented",
        "process.Process/CloseStdin | {\"process\":{\"pid\":999999}} | 404 | not_found",
        "process.Process/Update | {\"process\":{\"pid\":999999}} | 404 | not_found"
    })
    void callsSayWhatIsWrong(String method, String json, int status, String code) throws Exception {
        var answer = post("/" + method, "application/json", json.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"process\":{\"cmd\":\"echo\",\"args\":[\"a\\u0000b\"]}} | invalid_argument",
        "{\"process\":{\"cmd\":\"echo\",\"envs\":{\"A=B\":\"c\"}}} | invalid_argument",
        "{\"process\":{\"cmd\":\"echo\",\"envs\":{\"\":\"c\"}}} | invalid_argument",
        "{\"process\":{\"cmd\":\"echo\",\"cwd\":\"/no\"}} | invalid_argument",
        "{\"process\":{\"cmd\":\"echo\",\"cwd\":\"~nobody\"}} | invalid_argument",
        "{\"process\":{\"cmd\":\"echo\"},\"pty\":{\"size\":{\"cols\":-1}}} | invalid_argument"
    })
    void processesThatCannotBeStartedSayWhy(String json, String code) throws Exception {
        var payload = json.getBytes(StandardCharsets.UTF_8);
        var frame = java.nio.ByteBuffer.allocate(5 + payload.length).put((byte) 0).putInt(payload.length).put(payload).array();
        var answer = post("/process.Process/Start", "application/connect+json", frame);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).startsWith("\2").contains("\"code\":\"" + code + "\"");
    }

    @Test
    void anEmptyCommandIsNoErrorOfTheCall() throws Exception {
        var answer = post("/process.Process/Start", "application/connect+json", "\0\0\0\0\2{}".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(answer.body()).contains("\"start\"").contains("\"end\"").endsWith("\2\0\0\0\2{}");
    }

    @ParameterizedTest
    @CsvSource({
        "/filesystem.Filesystem/Stat, text/plain, 415", "/filesystem.Filesystem/Stat, application/grpc+proto, 415",
        "/process.Process/Start, application/json, 415", "/files?path=x, text/plain, 400", "/files, application/octet-stream, 400",
        "/files?path=/home/user, application/octet-stream, 400", "/files/compose, application/json, 400",
        "/filesystem.Filesystem/Nothing, application/json, 404"
    })
    void wrongContentTypesAndPlaces(String target, String type, int status) throws Exception {
        assertThat(post(target, type, new byte[3]).statusCode()).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "no boundary at all", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"/home/user/broken\"\r\n\r\nhalf of it",
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"/home/user/broken\"", "--bx--", ""
    })
    void brokenMultipartIsRefused(String body) throws Exception {
        var answer = post("/files", "multipart/form-data; boundary=b", body.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.statusCode()).isEqualTo(400);
    }

    @Test
    void headsThatAreTooLargeAreRefusedAsWhatTheyAre() throws Exception {
        assertThat(send(request("/files?path=" + "x".repeat(200_000)).GET()).statusCode()).isIn(414, 431);
        assertThat(send(request("/health").header("X-Long", "x".repeat(200_000)).GET()).statusCode()).isEqualTo(431);
        assertThat(send(request("/files?path=/" + "x".repeat(5000)).GET()).statusCode()).isEqualTo(500);
        assertThat(post("/files?path=x", "application/octet-stream", new byte[1], "X-Metadata-Long", "x".repeat(5000)).statusCode())
                .isEqualTo(400);
    }

    @Test
    void emptyFilesAreFiles() throws Exception {
        assertThat(post("/files?path=/home/user/empty", "application/octet-stream", new byte[0]).statusCode()).isEqualTo(200);
        var back = send(request("/files?path=/home/user/empty").GET());
        assertThat(back.statusCode()).isEqualTo(200);
        assertThat(back.headers().firstValue("Content-Length")).contains("0");
    }

    @Test
    void uploadsAtTheSameTimeIntoOneNewFolderAllBelongToTheUser() throws Exception {
        var all = new ArrayList<java.util.concurrent.CompletableFuture<HttpResponse<String>>>();
        for (var i = 0; i < 20; i++) {
            all.add(HTTP.sendAsync(request("/files?path=new/deep/folder/" + i).header("Content-Type", "application/octet-stream")
                    .POST(HttpRequest.BodyPublishers.ofString("x")).build(), HttpResponse.BodyHandlers.ofString()));
        }
        for (var upload : all) {
            assertThat(upload.get().statusCode()).isEqualTo(200);
        }
        assertThat(Commands.sh(sandbox, "cd && find new | xargs stat -c '%U:%G %a %F' | sort | uniq -c").output().lines().map(String::strip))
                .containsExactlyInAnyOrder("3 user:user 755 directory", "20 user:user 644 regular file");
    }

    /** Streamed both ways: neither side has memory for it. */
    @Test
    void fourGibibytesGoInAndComeOut() throws Exception {
        var upload = send(request("/files?path=/home/user/large").header("Content-Type", "application/octet-stream")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new Pattern(LARGE))));
        assertThat(upload.statusCode()).as(upload.body()).isEqualTo(200);
        assertThat(Commands.sh(sandbox, "stat -c %s /home/user/large").output().strip()).isEqualTo(Long.toString(LARGE));
        var download = HTTP.send(request("/files?path=/home/user/large").GET().build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(download.headers().firstValueAsLong("Content-Length")).hasValue(LARGE);
        try (var in = download.body(); var expected = new Pattern(LARGE)) {
            assertThat(mismatch(in, expected)).isEqualTo(-1);
        }
        var end = send(request("/files?path=/home/user/large").header("Range", "bytes=" + (LARGE - 3) + "-").GET());
        assertThat(end.headers().firstValue("Content-Range")).contains("bytes " + (LARGE - 3) + "-" + (LARGE - 1) + "/" + LARGE);
        assertThat(Commands.sh(sandbox, "rm /home/user/large").exitCode()).isZero();
    }

    @Test
    void oddNamesAreNames() throws Exception {
        var longest = "n".repeat(255);
        assertThat(post("/files?path=/home/user/odd/" + longest, "application/octet-stream", "x".getBytes(StandardCharsets.UTF_8)).statusCode())
                .isEqualTo(200);
        assertThat(post("/files?path=/home/user/odd/" + longest + "n", "application/octet-stream", new byte[1]).statusCode()).isEqualTo(500);
        assertThat(Commands.sh(sandbox, "cd /home/user/odd && touch \"$(printf 'bad\\377name')\" && ln -s loop loop && ln -s . self").exitCode()).isZero();
        var list = post("/filesystem.Filesystem/ListDir", "application/json", "{\"path\":\"/home/user/odd\",\"depth\":5}".getBytes(StandardCharsets.UTF_8));
        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(list.body()).contains(longest).contains("bad\ufffdname").contains("\"symlinkTarget\":\"/home/user/odd/loop\"").contains("/odd/self\"");
        for (var call : new String[] {"ListDir", "CreateWatcher"}) {
            var loop = post("/filesystem.Filesystem/" + call, "application/json", "{\"path\":\"/home/user/odd/loop\"}".getBytes(StandardCharsets.UTF_8));
            assertThat(loop.body()).contains("failed_precondition").contains("cyclic symlink");
        }
        assertThat(send(request("/files?path=/home/user/odd/loop").GET()).statusCode()).isEqualTo(500);
        assertThat(post("/filesystem.Filesystem/Remove", "application/json", "{\"path\":\"/home/user/odd\"}".getBytes(StandardCharsets.UTF_8)).statusCode())
                .isEqualTo(200);
        assertThat(Commands.sh(sandbox, "ls /home/user/odd").exitCode()).isNotZero();
    }

    /** Clients that stop in the middle and then leave: what they held is free again, here and in the guest. */
    @Test
    void stalledUploadsThatLeaveFreeWhatTheyHeld() throws Exception {
        var before = descriptorsOfTheAgent();
        var stalled = new ArrayList<Socket>();
        for (var i = 0; i < 30; i++) {
            var socket = new Socket("127.0.0.1", caisson.access().url().getPort());
            stalled.add(socket);
            var type = i % 2 == 0 ? "application/octet-stream" : "multipart/form-data; boundary=b";
            var begin = i % 2 == 0 ? "" : "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n";
            socket.getOutputStream().write(("POST /files?path=/home/user/stalled/" + i + " HTTP/1.1\r\nHost: x\r\nE2b-Sandbox-Id: " + sandbox.id()
                    + "\r\nX-Access-Token: " + token + "\r\nContent-Type: " + type + "\r\nContent-Length: 10000000\r\n\r\n" + begin
                    + "x".repeat(200_000)).getBytes(StandardCharsets.ISO_8859_1));
        }
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                Commands.sh(sandbox, "ls /home/user/stalled | wc -l").output().strip()).isEqualTo("30"));
        for (var socket : stalled) {
            socket.close();
        }
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(descriptorsOfTheAgent()).isLessThanOrEqualTo(before + 4));
    }

    @Test
    void aHalfClosedClientDisturbsNobody() throws Exception {
        try (var socket = new Socket("127.0.0.1", caisson.access().url().getPort())) {
            socket.getOutputStream().write(("POST /process.Process/List HTTP/1.1\r\nHost: x\r\nE2b-Sandbox-Id: " + sandbox.id()
                    + "\r\nX-Access-Token: " + token + "\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{").getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            socket.setSoTimeout(20_000);
            assertThat(new String(readAll(socket.getInputStream()), StandardCharsets.ISO_8859_1)).doesNotStartWith("HTTP/1.1 200");
        }
    }

    private static byte[] readAll(InputStream in) {
        try {
            return in.readAllBytes();
        } catch (IOException reset) {
            return new byte[0];
        }
    }

    private static int descriptorsOfTheAgent() {
        return Integer.parseInt(Commands.sh(sandbox, "sudo ls /proc/1/fd | wc -l").output().strip());
    }

    private static long mismatch(InputStream one, InputStream other) throws IOException {
        var left = new byte[1 << 16];
        var right = new byte[1 << 16];
        for (long position = 0; ; position += left.length) {
            var length = one.readNBytes(left, 0, left.length);
            if (length != other.readNBytes(right, 0, right.length) || java.util.Arrays.mismatch(left, 0, length, right, 0, length) >= 0) {
                return position;
            }
            if (length < left.length) {
                return -1;
            }
        }
    }

    private static HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create(caisson.access().url() + target))
                .header("E2b-Sandbox-Id", sandbox.id()).header("X-Access-Token", token);
    }

    private static HttpResponse<String> post(String target, String type, byte[] body, String... headers) throws Exception {
        var request = request(target).header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.timeout(Duration.ofMinutes(5)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** That many bytes, which repeat only after long. */
    private static final class Pattern extends InputStream {
        private final long length;
        private long position;

        Pattern(long length) {
            this.length = length;
        }

        @Override
        public int read() {
            return position == length ? -1 : at(position++);
        }

        @Override
        public int read(byte[] into, int offset, int wanted) {
            if (position == length) {
                return -1;
            }
            var count = (int) Math.min(wanted, length - position);
            for (var i = 0; i < count; i++) {
                into[offset + i] = (byte) at(position++);
            }
            return count;
        }

        private static int at(long position) {
            return (int) ((position * 31 + (position >> 13)) & 0xff);
        }
    }
}
