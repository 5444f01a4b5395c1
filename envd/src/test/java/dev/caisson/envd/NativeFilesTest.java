package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.http.testing.FakeExchange;
import java.io.ByteArrayInputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and watches in front of the real agent. */
class NativeFilesTest {
    @TempDir
    private Path folder;

    private NativeAgent agent;
    private EnvdFixture envd;

    @BeforeEach
    void start() throws Exception {
        agent = new NativeAgent();
        envd = EnvdFixture.open(agent.link());
    }

    @AfterEach
    void stop() {
        envd.close();
        agent.close();
    }

    @Test
    void largeFilesComeBackAsTheyWent() throws Exception {
        var content = new byte[3_000_000];
        new Random(1).nextBytes(content);
        var file = folder.resolve("deep/er/ü.bin");
        var head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + file + "\"\r\n\r\n";
        var body = new SequenceInputStream(Collections.enumeration(List.of(
                bytes(head), new ByteArrayInputStream(content), bytes("\r\n--b--\r\n"))));
        var upload = envd.send(FakeExchange.request("POST", "/files")
                .header("Content-Type", "multipart/form-data; boundary=b")
                .body(body));
        assertThat(upload.answerText()).isEqualTo("[{\"path\":\"" + file + "\",\"name\":\"ü.bin\",\"type\":\"file\"}]");
        assertThat(Files.readAllBytes(file)).isEqualTo(content);
        var download = get(file, "");
        assertThat(download.answerHeader("Content-Length")).contains("3000000");
        assertThat(download.answerBody()).isEqualTo(content);
        assertThat(get(file, "bytes=1000000-1999999").answerBody()).isEqualTo(Arrays.copyOfRange(content, 1_000_000, 2_000_000));
    }

    @Test
    void aLinkIsReadAtItsTarget() throws Exception {
        var file = Files.writeString(folder.resolve("f"), "0123456789");
        var link = Files.createSymbolicLink(folder.resolve("l"), file);
        assertThat(get(link, "").answerText()).isEqualTo("0123456789");
        assertThat(get(link, "bytes=8-").answerText()).isEqualTo("89");
        assertThat(call("Stat", "{\"path\":\"" + link + "\"}")).contains(
                "\"type\":\"FILE_TYPE_FILE\"", "\"permissions\":\"Lrwxrwxrwx\"", "\"symlinkTarget\":\"" + file + "\"", "\"isSymlink\":true");
    }

    @Test
    void filesOfUnknownLengthAreReadToTheirEnd() {
        var answer = get(Path.of("/proc/version"), "");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.answerHeader("Content-Length")).isEmpty();
        assertThat(answer.answerText()).startsWith("Linux version");
    }

    @Test
    void refusalsNameTheResolvedPath() {
        assertThat(get(folder.resolve("none"), "").answerText())
                .isEqualTo("{\"code\":404,\"message\":\"path '" + folder + "/none' does not exist\"}");
        assertThat(get(folder, "").answerText()).isEqualTo("{\"code\":400,\"message\":\"path '" + folder + "' is a directory\"}");
        var home = System.getProperty("user.home");
        assertThat(envd.send(FakeExchange.request("GET", "/files?path=no-such-file-here")).answerText())
                .isEqualTo("{\"code\":404,\"message\":\"path '" + home + "/no-such-file-here' does not exist\"}");
        assertThat(envd.send(FakeExchange.request("GET", "/files?path=x&username=nobody-here")).answerText())
                .contains("user: unknown user nobody-here");
    }

    @Test
    void parentsThatAreFilesAndFoldersAsTargetsAreRefused() throws Exception {
        Files.writeString(folder.resolve("f"), "x");
        assertThat(put(folder.resolve("f/below"), "x").status()).isEqualTo(500);
        assertThat(put(folder, "x").status()).isEqualTo(400);
        assertThat(call("MakeDir", "{\"path\":\"" + folder + "\"}")).startsWith("409 {\"code\":\"already_exists\"");
        assertThat(call("MakeDir", "{\"path\":\"" + folder + "/f\"}")).startsWith("400 {\"code\":\"invalid_argument\"");
        assertThat(call("MakeDir", "{\"path\":\"" + folder + "/f/below\"}")).startsWith("500 {\"code\":\"internal\"");
        assertThat(call("ListDir", "{\"path\":\"" + folder + "/f\"}")).startsWith("400 ").contains("not a directory");
        assertThat(call("Move", "{\"source\":\"" + folder + "/none\",\"destination\":\"" + folder + "/x\"}")).startsWith("404 ");
        assertThat(call("Remove", "{\"path\":\"" + folder + "/none\"}")).isEqualTo("200 {}");
        Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
        assertThat(call("ListDir", "{\"path\":\"" + folder + "/loop\"}"))
                .startsWith("400 {\"code\":\"failed_precondition\"").contains("cyclic symlink");
        assertThat(call("Stat", "{\"path\":\"" + folder + "/loop\"}")).startsWith("200 ").doesNotContain("\"type\"");
    }

    @Test
    void aNewFileIsSeenInExactlyThreeEvents() {
        assertThat(watcherEventsAfter(folder.resolve("new"), "content")).isEqualTo("""
                200 {"events":[{"name":"new","type":"EVENT_TYPE_CREATE"},{"name":"new","type":"EVENT_TYPE_CHMOD"},\
                {"name":"new","type":"EVENT_TYPE_WRITE"}]}""");
        assertThat(watcherEventsAfter(folder.resolve("empty"), "")).isEqualTo("""
                200 {"events":[{"name":"empty","type":"EVENT_TYPE_CREATE"},{"name":"empty","type":"EVENT_TYPE_CHMOD"}]}""");
    }

    private String watcherEventsAfter(Path file, String content) {
        var created = call("CreateWatcher", "{\"path\":\"" + folder + "\"}");
        var id = created.substring(created.indexOf("\"watcherId\":\"") + 13, created.lastIndexOf('"'));
        put(file, content);
        return call("GetWatcherEvents", "{\"watcherId\":\"" + id + "\"}");
    }

    @Test
    void aWatchSeesWhatHappensAndEndsWithItsClient() throws Exception {
        var exchange = EnvdFixture.streamRequest(
                "/filesystem.Filesystem/WatchDir", "{\"path\":\"" + folder + "\",\"includeEntry\":true}");
        var thread = Thread.ofVirtual().start(() -> envd.send(exchange));
        await().until(() -> exchange.flushes().size() == 1);
        Files.createDirectory(folder.resolve("d"));
        await().until(() -> exchange.flushes().size() == 2);
        assertThat(EnvdFixture.frames(exchange).get(1)).contains("EVENT_TYPE_CREATE", "\"type\":\"FILE_TYPE_DIRECTORY\"");
        exchange.clientLeaves();
        await().until(() -> !thread.isAlive());
    }

    @Test
    void listsInOrderAndKeepsMetadata() throws Exception {
        for (var name : new String[] {"b", "a/c", "a/b", "B"}) {
            put(folder.resolve(name), "x");
        }
        var list = call("ListDir", "{\"path\":\"" + folder + "\",\"depth\":3}");
        assertThat(List.of("/B\"", "/a\"", "/a/b\"", "/a/c\"", "/b\"").stream().map(name -> list.indexOf(folder + name)))
                .isSorted().allMatch(at -> at > 0);
        var answer = envd.send(FakeExchange.request("POST", "/files?path=" + folder + "/m")
                .header("Content-Type", "application/octet-stream")
                .header("X-Metadata-Key", "value")
                .body("x"));
        assertThat(answer.answerText()).contains("\"metadata\":{\"key\":\"value\"}");
        assertThat(call("Stat", "{\"path\":\"" + folder + "/m\"}")).contains("\"metadata\":{\"key\":\"value\"}");
        put(folder.resolve("m"), "y");
        assertThat(call("Stat", "{\"path\":\"" + folder + "/m\"}")).doesNotContain("metadata");
    }

    private FakeExchange get(Path file, String range) {
        var exchange = FakeExchange.request("GET", "/files?path=" + file.toString().replace("ü", "%C3%BC"));
        return envd.send(range.isEmpty() ? exchange : exchange.header("Range", range));
    }

    private FakeExchange put(Path file, String content) {
        return envd.send(FakeExchange.request("POST", "/files?path=" + file)
                .header("Content-Type", "application/octet-stream")
                .body(content));
    }

    private String call(String method, String json) {
        var answer = envd.unary("/filesystem.Filesystem/" + method, json);
        return answer.status() + " " + answer.answerText();
    }

    private static ByteArrayInputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
