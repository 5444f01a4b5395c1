package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.http.testing.FakeExchange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilesTest {
    private final FakeAgent agent = new FakeAgent();
    private final EnvdFixture envd = EnvdFixture.open(agent);

    @AfterEach
    void close() {
        envd.close();
    }

    @Test
    void sendsAFileWithItsLength() {
        agent.files().put("/home/user/a b.txt", "hello");
        var answer = get("/files?path=a+b.txt");
        assertThat(answer.answerText()).isEqualTo("hello");
        assertThat(answer.answerHeader("Content-Length")).contains("5");
        assertThat(answer.answerHeader("Content-Disposition")).contains("inline; filename=\"a b.txt\"");
        assertThat(answer.answerHeader("Content-Type")).contains("text/plain; charset=utf-8");
        assertThat(answer.answerHeaders("Vary")).containsExactly("Accept-Encoding");
        assertThat(answer.answerHeader("Accept-Ranges")).contains("bytes");
        assertThat(answer.answerHeader("Last-Modified").orElseThrow()).endsWith(" GMT");
    }

    @Test
    void sendsAnEmptyFileAsEmpty() {
        agent.files().put("/tmp/empty", "");
        var answer = get("/files?path=/tmp/empty");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.answerBody()).isEmpty();
        assertThat(answer.complete()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bytes=0-1   | 206 | he    | bytes 0-1/5
            bytes=2-    | 206 | llo   | bytes 2-4/5
            bytes=-2    | 206 | lo    | bytes 3-4/5
            bytes=1-99  | 206 | ello  | bytes 1-4/5
            bytes=x     | 200 | hello |
            lines=0-1   | 200 | hello |
            """)
    void sendsParts(String range, int status, String text, String contentRange) {
        agent.files().put("/tmp/f", "hello");
        var answer = envd.send(FakeExchange.request("GET", "/files?path=/tmp/f").header("Range", range));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.answerText()).isEqualTo(text);
        assertThat(answer.answerHeader("Content-Range").orElse("")).isEqualTo(contentRange == null ? "" : contentRange);
    }

    @Test
    void refusesPartsBeyondTheEnd() {
        agent.files().put("/tmp/f", "hello");
        var answer = envd.send(FakeExchange.request("GET", "/files?path=/tmp/f").header("Range", "bytes=5-"));
        assertThat(answer.status()).isEqualTo(416);
        assertThat(answer.answerHeader("Content-Range")).contains("bytes */5");
    }

    @Test
    void sendsSeveralPartsInOneAnswer() {
        agent.files().put("/tmp/f", "hello");
        var answer = envd.send(FakeExchange.request("GET", "/files?path=/tmp/f").header("Range", "bytes=0-0, -1"));
        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.answerText().replaceAll("(?m)^--[0-9a-f]+", "--B")).isEqualTo("""

                --B
                Content-Range: bytes 0-0/5
                Content-Type: application/octet-stream

                h
                --B
                Content-Range: bytes 4-4/5
                Content-Type: application/octet-stream

                o
                --B--
                """.replace("\n", "\r\n"));
        assertThat(answer.answerHeader("Content-Length")).contains(Integer.toString(answer.answerBody().length));
    }

    @Test
    void answersConditionsOnTheTime() {
        agent.files().put("/tmp/f", "hello");
        var modified = get("/files?path=/tmp/f").answerHeader("Last-Modified").orElseThrow();
        assertThat(conditional("If-Modified-Since", modified).status()).isEqualTo(304);
        assertThat(conditional("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT").status()).isEqualTo(200);
        assertThat(conditional("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT").status()).isEqualTo(412);
        assertThat(conditional("If-None-Match", "*").status()).isEqualTo(304);
        assertThat(conditional("If-Match", "\"tag\"").status()).isEqualTo(412);
        assertThat(conditional("If-Modified-Since", "no date").status()).isEqualTo(200);
    }

    private FakeExchange conditional(String header, String value) {
        return envd.send(FakeExchange.request("GET", "/files?path=/tmp/f").header(header, value));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gzip                      | gzip
            gzip, deflate             |
            identity;q=0, gzip        | gzip
            gzip;q=1, identity;q=0.5  | gzip
            gzip;q=0                  |
            identity                  |
            *                         |
            """)
    void packsOnlyForThoseWhoWantNothingElse(String accept, String coding) throws IOException {
        agent.files().put("/tmp/f.txt", "hello");
        var answer = envd.send(FakeExchange.request("GET", "/files?path=/tmp/f.txt").header("Accept-Encoding", accept));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.answerHeader("Content-Encoding").orElse("")).isEqualTo(coding == null ? "" : coding);
        assertThat(coding == null ? answer.answerText() : unpacked(answer.answerBody())).isEqualTo("hello");
    }

    @Test
    void refusesWhenNothingIsAcceptable() {
        agent.files().put("/tmp/f", "hello");
        assertThat(envd.send(FakeExchange.request("GET", "/files?path=/tmp/f").header("Accept-Encoding", "identity;q=0"))
                .status()).isEqualTo(406);
        assertThat(envd.send(FakeExchange.request("GET", "/files?path=/tmp/f")
                        .header("Accept-Encoding", "gzip, identity;q=0")
                        .header("Range", "bytes=0-1"))
                .status()).isEqualTo(406);
    }

    @Test
    void refusalsReadAsClientsKnowThem() {
        assertThat(get("/files?path=nothing").answerText())
                .isEqualTo("{\"code\":404,\"message\":\"path '/home/user/nothing' does not exist\"}");
        assertThat(get("/files?path=~/x/../nothing").answerText())
                .isEqualTo("{\"code\":404,\"message\":\"path '/home/user/nothing' does not exist\"}");
        assertThat(get("/files?path=/tmp").answerText())
                .isEqualTo("{\"code\":400,\"message\":\"path '/tmp' is a directory\"}");
        assertThat(get("/files").answerText()).isEqualTo("{\"code\":400,\"message\":\"path '/home/user' is a directory\"}");
        assertThat(get("/files?path=/tmp&username=nobody2").answerText()).isEqualTo(
                "{\"code\":401,\"message\":\"error looking up user 'nobody2': user: unknown user nobody2\"}");
        assertThat(get("/files?path=/tmp&username=").status()).isEqualTo(401);
        assertThat(get("/files?path=~other/x").status()).isEqualTo(400);
    }

    @Test
    void takesAMultipartFileByItsWholePath() {
        var answer = upload("/files", multipart("file", "/tmp/dir/ü n.txt", "content"));
        assertThat(answer.answerText()).isEqualTo("[{\"path\":\"/tmp/dir/ü n.txt\",\"name\":\"ü n.txt\",\"type\":\"file\"}]");
        assertThat(agent.files().text("/tmp/dir/ü n.txt")).isEqualTo("content");
    }

    @Test
    void thePathParameterWinsOverTheFilename() {
        upload("/files?path=/tmp/a", multipart("file", "/tmp/b", "content"));
        assertThat(agent.files().text("/tmp/a")).isEqualTo("content");
        assertThat(agent.files().exists("/tmp/b")).isFalse();
    }

    @Test
    void takesSeveralFilesInOrderAndIgnoresOtherFields() {
        var answer = upload("/files", multipart("file", "one", "1", "other", "x", "ignored", "file", "two", "2"));
        assertThat(answer.answerText()).isEqualTo("[{\"path\":\"/home/user/one\",\"name\":\"one\",\"type\":\"file\"},"
                + "{\"path\":\"/home/user/two\",\"name\":\"two\",\"type\":\"file\"}]");
    }

    @Test
    void refusesTheSameFileTwice() {
        var answer = upload("/files", multipart("file", "one", "1", "file", "/home/user/one", "2"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(agent.files().text("/home/user/one")).isEqualTo("1");
    }

    @Test
    void answersAnEmptyListForNoFiles() {
        assertThat(upload("/files", multipart("other", "x", "1")).answerText()).isEqualTo("[]");
        assertThat(upload("/files?username=ghost", multipart("other", "x", "1")).status()).isEqualTo(401);
    }

    @Test
    void takesABareBodyOfAnyLength() {
        var answer = envd.send(FakeExchange.request("POST", "/files?path=x.bin")
                .header("Content-Type", "application/octet-stream")
                .body(new ByteArrayInputStream("bytes".getBytes(StandardCharsets.UTF_8))));
        assertThat(answer.answerText()).isEqualTo("[{\"path\":\"/home/user/x.bin\",\"name\":\"x.bin\",\"type\":\"file\"}]");
        assertThat(agent.files().text("/home/user/x.bin")).isEqualTo("bytes");
    }

    @Test
    void unpacksGzip() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write("plain".getBytes(StandardCharsets.UTF_8));
        }
        var answer = octets("/files?path=/tmp/g", packed.toByteArray(), "gzip");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(agent.files().text("/tmp/g")).isEqualTo("plain");
        assertThat(octets("/files?path=/tmp/h", new byte[] {1, 2, 3}, "gzip").status()).isEqualTo(400);
        assertThat(octets("/files?path=/tmp/h", new byte[] {1, 2, 3}, "br").status()).isEqualTo(400);
        var damaged = Arrays.copyOf(packed.toByteArray(), packed.size() - 6);
        assertThat(octets("/files?path=/tmp/h", damaged, "gzip").status()).isEqualTo(400);
    }

    @Test
    void keepsMetadata() {
        var answer = envd.send(FakeExchange.request("POST", "/files?path=/tmp/m")
                .header("Content-Type", "application/octet-stream")
                .header("X-Metadata-Author", "me")
                .header("x-metadata-author", "you")
                .body("x"));
        assertThat(answer.answerText()).isEqualTo(
                "[{\"path\":\"/tmp/m\",\"name\":\"m\",\"type\":\"file\",\"metadata\":{\"author\":\"me\"}}]");
    }

    @Test
    void refusesMetadataBeyondTheLimits() {
        assertThat(metadata("k".repeat(247), "v").status()).isEqualTo(400);
        assertThat(metadata("k", "\u00e4").status()).isEqualTo(400);
        assertThat(metadata("k", "v".repeat(4096 - 9)).status()).isEqualTo(400);
        assertThat(agent.files().exists("/tmp/m")).isFalse();
        assertThat(metadata("k", "v".repeat(4096 - 10)).status()).isEqualTo(200);
    }

    @Test
    void refusesUploadsItCannotPlace() {
        assertThat(octets("/files", new byte[0], "identity").status()).isEqualTo(400);
        assertThat(envd.send(FakeExchange.request("POST", "/files?path=/tmp/x").body("x")).status()).isEqualTo(400);
        assertThat(octets("/files?path=/tmp", new byte[0], "").answerText()).contains("path '/tmp' is a directory");
        agent.files().put("/tmp/file", "x");
        assertThat(octets("/files?path=/tmp/file/below", new byte[0], "").status()).isEqualTo(500);
        assertThat(envd.send(FakeExchange.request("PUT", "/files")).status()).isEqualTo(405);
    }

    private FakeExchange get(String target) {
        return envd.send(FakeExchange.request("GET", target));
    }

    private FakeExchange octets(String target, byte[] body, String encoding) {
        return envd.send(FakeExchange.request("POST", target)
                .header("Content-Type", "application/octet-stream")
                .header("Content-Encoding", encoding)
                .body(body));
    }

    private FakeExchange metadata(String key, String value) {
        return envd.send(FakeExchange.request("POST", "/files?path=/tmp/m")
                .header("Content-Type", "application/octet-stream")
                .header("X-Metadata-" + key, value)
                .body("x"));
    }

    private FakeExchange upload(String target, String body) {
        return envd.send(FakeExchange.request("POST", target)
                .header("Content-Type", "multipart/form-data; boundary=b")
                .body(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))));
    }

    private static String multipart(String... namesFilenamesContents) {
        var body = new StringBuilder();
        for (var i = 0; i < namesFilenamesContents.length; i += 3) {
            body.append("--b\r\nContent-Disposition: form-data; name=\"").append(namesFilenamesContents[i])
                    .append("\"; filename=\"").append(namesFilenamesContents[i + 1])
                    .append("\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                    .append(namesFilenamesContents[i + 2]).append("\r\n");
        }
        return body.append("--b--\r\n").toString();
    }

    private static String unpacked(byte[] bytes) throws IOException {
        return new String(new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes(), StandardCharsets.UTF_8);
    }
}
