package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.http.testing.FakeExchange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traps of {@code contract/envd.md} §7 that no other test is about, on the real agent; docs/compatibility.md lists where each is tested. */
class EnvdTrapsTest {
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

    private static FakeExchange shell(String script, String more) {
        return EnvdFixture.streamRequest(
                "/process.Process/Start", "{\"process\":{\"cmd\":\"/bin/sh\",\"args\":[\"-c\",\"" + script + "\"]}" + more + "}");
    }

    private static String stdout(FakeExchange answer) {
        var text = new StringBuilder();
        for (var frame : EnvdFixture.frames(answer)) {
            var begin = frame.indexOf("\"stdout\":\"");
            if (begin >= 0) {
                var value = frame.substring(begin + 10, frame.indexOf('"', begin + 10));
                text.append(new String(Base64.getDecoder().decode(value), java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    @Test
    void trap4And5IdentityIsNoCompressionAndOfferedGzipIsNotUsed() {
        var unary = envd.send(FakeExchange.request("POST", "/process.Process/List").header("Content-Type", "application/json")
                .header("Accept-Encoding", "identity").header("Content-Encoding", "identity").body("{}"));
        assertThat(unary.status()).isEqualTo(200);
        var stream = envd.send(shell("echo out", "").header("Connect-Content-Encoding", "identity")
                .header("Connect-Accept-Encoding", "identity"));
        assertThat(stdout(stream)).isEqualTo("out\n");
        var offered = envd.send(shell("echo out", "").header("Accept-Encoding", "gzip, deflate"));
        assertThat(stdout(offered)).isEqualTo("out\n");
        assertThat(offered.answerHeader("Content-Encoding")).isEmpty();
        assertThat(offered.answerHeader("Connect-Content-Encoding")).isEmpty();
        assertThat(offered.answerHeaders("Content-Type")).containsExactly("application/connect+json");
    }

    @Test
    void trap8TheStartComesFirstAlsoWhenTheOutputIsThereAlready() {
        for (var i = 0; i < 20; i++) {
            var frames = EnvdFixture.frames(envd.send(shell("echo out", "").header("Keepalive-Ping-Interval", "0")));
            assertThat(frames.getFirst()).contains("\"start\"");
            assertThat(frames.get(frames.size() - 2)).contains("\"end\"");
            assertThat(frames.getLast()).isEqualTo("2 {}");
        }
    }

    @Test
    void trap10TheDeadlineOfAConnectKillsNothing() {
        var started = shell("sleep 1000", ",\"tag\":\"long\"");
        var thread = Thread.ofVirtual().start(() -> envd.send(started));
        await().until(() -> started.flushes().size() == 1);
        var attached = envd.send(EnvdFixture.streamRequest("/process.Process/Connect", "{\"process\":{\"tag\":\"long\"}}")
                .header("Connect-Timeout-Ms", "200"));
        assertThat(EnvdFixture.frames(attached).getLast()).contains("deadline_exceeded");
        assertThat(envd.unary("/process.Process/List", "{}").answerText()).contains("\"tag\":\"long\"");
        assertThat(envd.unary("/process.Process/SendSignal", "{\"process\":{\"tag\":\"long\"},\"signal\":9}").status()).isEqualTo(200);
        await().until(() -> !thread.isAlive());
    }

    @Test
    void trap12TheEndWaitsForWhoeverHoldsTheOutputUnlessItIsKilled() {
        assertThat(stdout(envd.send(shell("(sleep 0.3; echo late) & echo early", "")))).isEqualTo("early\nlate\n");
        var held = shell("sleep 1000 & echo ready; wait", ",\"tag\":\"held\"");
        var thread = Thread.ofVirtual().start(() -> envd.send(held));
        await().until(() -> stdout(held).equals("ready\n"));
        envd.unary("/process.Process/SendSignal", "{\"process\":{\"tag\":\"held\"},\"signal\":9}");
        await().until(() -> !thread.isAlive());
        assertThat(EnvdFixture.frames(held)).anyMatch(frame -> frame.contains("\"exitCode\":-1"));
    }

    @Test
    void trap13WithoutInputAReadFailsAndWithItItWaits() {
        assertThat(EnvdFixture.frames(envd.send(shell("read line", ",\"stdin\":false")))).anyMatch(frame -> frame.contains("\"exitCode\":1,"));
        var waiting = shell("read line; echo $line", ",\"tag\":\"reader\"");
        var thread = Thread.ofVirtual().start(() -> envd.send(waiting));
        await().until(() -> waiting.flushes().size() == 1);
        envd.unary("/process.Process/SendInput", "{\"process\":{\"tag\":\"reader\"},\"input\":{\"stdin\":\"aGkK\"}}");
        await().until(() -> !thread.isAlive());
        assertThat(stdout(waiting)).isEqualTo("hi\n");
    }

    @Test
    void trap15BytesPassAsTheyAreWhereverTheyAreCut() {
        var answer = envd.send(shell("head -c 8191 /dev/zero | tr '\\\\0' a; printf '\\\\342\\\\202\\\\254'", ""));
        assertThat(stdout(answer)).endsWith("a\u20ac").hasSize(8192);
    }

    @Test
    void trap31LongListsAndLargeInputsPass(@TempDir Path folder) throws Exception {
        for (var i = 0; i < 3_000; i++) {
            Files.createFile(folder.resolve("a-name-that-is-somewhat-longer-than-most-" + i));
        }
        var list = envd.unary("/filesystem.Filesystem/ListDir", "{\"path\":\"" + folder + "\"}").answerText();
        assertThat(list.split("\"type\":\"FILE_TYPE_FILE\"", -1)).hasSize(3_001);
        var counting = shell("wc -c", ",\"tag\":\"counter\"");
        var thread = Thread.ofVirtual().start(() -> envd.send(counting));
        await().until(() -> counting.flushes().size() == 1);
        var input = Base64.getEncoder().encodeToString(new byte[700_000]);
        assertThat(envd.unary("/process.Process/SendInput", "{\"process\":{\"tag\":\"counter\"},\"input\":{\"stdin\":\"" + input + "\"}}").status())
                .isEqualTo(200);
        envd.unary("/process.Process/CloseStdin", "{\"process\":{\"tag\":\"counter\"}}");
        await().until(() -> !thread.isAlive());
        assertThat(stdout(counting).strip()).isEqualTo("700000");
    }
}
