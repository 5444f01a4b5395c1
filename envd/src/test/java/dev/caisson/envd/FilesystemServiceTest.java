package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.envd.proto.FilesystemProto.EntryInfo;
import dev.caisson.envd.proto.FilesystemProto.FileType;
import dev.caisson.guest.FileEntry;
import dev.caisson.guest.WatchEvent;
import dev.caisson.guest.testing.FakeAgent;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilesystemServiceTest {
    private static final String SERVICE = "/filesystem.Filesystem/";
    private final FakeAgent agent = new FakeAgent();
    private final EnvdFixture envd = EnvdFixture.open(agent);

    @AfterEach
    void close() {
        envd.close();
    }

    @Test
    void describesAnEntry() {
        agent.files().put("/home/user/f", "12345");
        assertThat(call("Stat", "{\"path\":\"f\"}")).matches("""
                200 \\{"entry":\\{"name":"f","type":"FILE_TYPE_FILE","path":"/home/user/f","size":"5","mode":420,\
                "permissions":"-rw-r--r--","owner":"user","group":"user","modifiedTime":"\\d{4}-.*Z"\\}\\}""");
    }

    @Test
    void describesALinkByItsTarget() {
        var link = new FileEntry("l", "/l", FileEntry.FileType.FOLDER, true, 01777, 0120777, 4, "root", "root",
                Instant.EPOCH, Optional.of("/tmp"), Map.of("k", "v"));
        var entry = EntryMessages.entry(link);
        assertThat(entry).isEqualTo(EntryInfo.newBuilder()
                .setName("l").setPath("/l").setType(FileType.FILE_TYPE_DIRECTORY).setMode(0777).setSize(4)
                .setPermissions("Lrwxrwxrwx").setOwner("root").setGroup("root").setSymlinkTarget("/tmp")
                .putMetadata("k", "v").setIsSymlink(true).build());
        assertThat(entry.hasModifiedTime()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0100644, -rw-r--r--", "0040755, drwxr-xr-x", "0120777, Lrwxrwxrwx", "0041777, dtrwxrwxrwx",
        "0104755, urwxr-xr-x", "0102755, grwxr-xr-x", "0010644, prw-r--r--", "0140755, Srwxr-xr-x",
        "0060660, Drw-rw----", "0020666, Dcrw-rw-rw-", "0106755, ugrwxr-xr-x"
    })
    void permissionsReadAsInGo(String octal, String text) {
        assertThat(Permissions.text(Integer.parseInt(octal, 8))).isEqualTo(text);
    }

    @Test
    void listsBelowAFolder() {
        agent.files().put("/tmp/a/b/c", "");
        assertThat(call("ListDir", "{\"path\":\"/tmp\",\"depth\":2}")).contains("/tmp/a\"", "/tmp/a/b\"").doesNotContain("b/c");
        assertThat(call("ListDir", "{\"path\":\"/tmp\"}")).contains("/tmp/a\"").doesNotContain("/tmp/a/b");
    }

    @Test
    void makesMovesAndRemoves() {
        assertThat(call("MakeDir", "{\"path\":\"/tmp/d/e\"}")).startsWith("200 ").contains("/tmp/d/e");
        assertThat(call("Move", "{\"source\":\"/tmp/d\",\"destination\":\"/tmp/n\"}")).startsWith("200 ").contains("/tmp/n");
        assertThat(call("Remove", "{\"path\":\"/tmp/n\"}")).isEqualTo("200 {}");
        assertThat(call("Remove", "{\"path\":\"/tmp/n\"}")).isEqualTo("200 {}");
        assertThat(agent.files().exists("/tmp/n/e")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Stat          | {"path":"/none"}                              | 404 | not_found
            Stat          | {"path":"~other/x"}                           | 400 | invalid_argument
            ListDir       | {"path":"/none"}                              | 404 | not_found
            ListDir       | {"path":"/tmp/file"}                          | 400 | invalid_argument
            MakeDir       | {"path":"/tmp"}                               | 409 | already_exists
            MakeDir       | {"path":"/tmp/file"}                          | 400 | invalid_argument
            MakeDir       | {"path":"/tmp/file/below"}                    | 500 | internal
            Move          | {"source":"/none","destination":"/tmp/x"}     | 404 | not_found
            CreateWatcher | {"path":"/none"}                              | 404 | not_found
            CreateWatcher | {"path":"/tmp/file"}                          | 400 | invalid_argument
            GetWatcherEvents | {"watcherId":"wnone"}                      | 404 | not_found
            RemoveWatcher | {"watcher_id":"wnone"}                        | 404 | not_found
            """)
    void refuses(String method, String request, int status, String code) {
        agent.files().put("/tmp/file", "x");
        assertThat(call(method, request)).startsWith(status + " {\"code\":\"" + code + "\"");
    }

    @Test
    void saysWhyAFileCannotBeListed() {
        agent.files().put("/tmp/file", "x");
        assertThat(call("ListDir", "{\"path\":\"/tmp/file\"}")).contains("not a directory");
    }

    @Test
    void streamsWhatHappensInAFolder() {
        var exchange = EnvdFixture.streamRequest(SERVICE + "WatchDir", "{\"path\":\"/tmp\",\"recursive\":true}");
        var thread = Thread.ofVirtual().start(() -> envd.send(exchange));
        await().until(() -> exchange.flushes().size() == 1);
        agent.changed("/tmp", new WatchEvent("f", WatchEvent.Kind.CREATE, Optional.of(agent.stat("", "/tmp"))));
        agent.changed("/tmp", new WatchEvent(".", WatchEvent.Kind.REMOVE, Optional.empty()));
        await().until(() -> exchange.flushes().size() == 3);
        exchange.clientLeaves();
        await().until(() -> !thread.isAlive());
        var frames = EnvdFixture.frames(exchange);
        assertThat(frames.get(0)).isEqualTo("0 {\"start\":{}}");
        assertThat(frames.get(1)).startsWith(
                "0 {\"filesystem\":{\"name\":\"f\",\"type\":\"EVENT_TYPE_CREATE\",\"entry\":{\"name\":\"tmp\"");
        assertThat(frames.get(2)).isEqualTo("0 {\"filesystem\":{\"name\":\".\",\"type\":\"EVENT_TYPE_REMOVE\"}}");
    }

    @Test
    void aWatchEndsAtItsDeadlineAndOnLoss() {
        var late = EnvdFixture.streamRequest(SERVICE + "WatchDir", "{\"path\":\"/tmp\"}").header("Connect-Timeout-Ms", "50");
        assertThat(EnvdFixture.frames(envd.send(late))).last().asString().contains("deadline_exceeded");
        var exchange = EnvdFixture.streamRequest(SERVICE + "WatchDir", "{\"path\":\"/tmp\"}");
        var thread = Thread.ofVirtual().start(() -> envd.send(exchange));
        await().until(() -> exchange.flushes().size() == 1);
        agent.changed("/tmp", new WatchEvent("", WatchEvent.Kind.OVERFLOW, Optional.empty()));
        await().until(() -> !thread.isAlive());
        assertThat(EnvdFixture.frames(exchange)).last().asString().contains("\"code\":\"internal\"");
    }

    @Test
    void aPolledWatcherCollectsUntilAsked() {
        assertThat(call("CreateWatcher", "{\"path\":\"/tmp\"}")).isEqualTo("200 {\"watcherId\":\"w0\"}");
        agent.changed("/tmp", new WatchEvent("f", WatchEvent.Kind.CHMOD, Optional.empty()));
        assertThat(call("GetWatcherEvents", "{\"watcherId\":\"w0\"}"))
                .isEqualTo("200 {\"events\":[{\"name\":\"f\",\"type\":\"EVENT_TYPE_CHMOD\"}]}");
        assertThat(call("GetWatcherEvents", "{\"watcherId\":\"w0\"}")).isEqualTo("200 {}");
        assertThat(call("RemoveWatcher", "{\"watcherId\":\"w0\"}")).isEqualTo("200 {}");
        assertThat(call("RemoveWatcher", "{\"watcherId\":\"w0\"}")).startsWith("404 ");
    }

    private String call(String method, String json) {
        var answer = envd.unary(SERVICE + method, json);
        return answer.status() + " " + answer.answerText();
    }
}
