package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.caisson.envd.proto.ProcessProto;
import dev.caisson.envd.proto.ProcessProto.ProcessEvent;
import dev.caisson.http.testing.FakeExchange;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The process service in front of the real agent. */
class NativeProcessesTest {
    private static final Pattern PID = Pattern.compile("\"pid\":(\\d+)");
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
    void runsACommandInProtobuf() throws Exception {
        var request = ProcessProto.StartRequest.newBuilder()
                .setProcess(ProcessProto.ProcessConfig.newBuilder()
                        .setCmd("/bin/bash")
                        .addArgs("-c")
                        .addArgs("printf '\\xe2'; echo $K >&2; cat; exit 7")
                        .putEnvs("K", "v")
                        .setCwd("/tmp"))
                .setStdin(false)
                .build();
        var answer = envd.send(FakeExchange.request("POST", "/process.Process/Start")
                .header("Content-Type", "application/connect+proto")
                .body(EnvdFixture.envelope(0, request.toByteArray())));
        var events = events(answer.answerBody());
        assertThat(events.getFirst().hasStart()).isTrue();
        assertThat(output(events, true)).isEqualTo(ByteString.copyFrom(new byte[] {(byte) 0xe2}));
        assertThat(output(events, false)).isEqualTo(ByteString.copyFromUtf8("v\n"));
        assertThat(events.getLast().getEnd().getExitCode()).isEqualTo(7);
        assertThat(answer.complete()).isTrue();
        assertThat(envd.unary("/process.Process/List", "{}").answerText()).isEqualTo("{}");
    }

    @Test
    void aMissingCommandIsNoErrorOfTheCall() {
        assertThat(EnvdFixture.frames(run("/no/such/command", "")))
                .last().isEqualTo("2 {}");
        assertThat(String.join("", EnvdFixture.frames(run("no-such-command-anywhere", "")))).contains("\"exitCode\":127");
    }

    @Test
    void aMissingFolderIsOne() {
        assertThat(EnvdFixture.frames(run("true", ",\"cwd\":\"/no/such/folder\""))).containsExactly(
                "2 {\"error\":{\"code\":\"invalid_argument\",\"message\":\"cwd '/no/such/folder' does not exist\"}}");
        assertThat(EnvdFixture.frames(run("true", ",\"cwd\":\"/etc/passwd\""))).singleElement().asString()
                .contains("\"code\":\"invalid_argument\"");
    }

    @Test
    void aKilledProcessIsGoneFromTheListWhenItsEndIsSeen() {
        var exchange = start("{\"process\":{\"cmd\":\"sleep\",\"args\":[\"1000\"]},\"tag\":\"t\"}");
        var thread = Thread.ofVirtual().start(() -> envd.send(exchange));
        await().until(() -> exchange.flushes().size() == 1);
        assertThat(envd.unary("/process.Process/List", "{}").answerText()).contains("\"args\":[\"1000\"]", "\"tag\":\"t\"");
        var kill = envd.unary("/process.Process/SendSignal", "{\"process\":{\"tag\":\"t\"},\"signal\":\"SIGNAL_SIGKILL\"}");
        assertThat(kill.status()).isEqualTo(200);
        await().until(() -> !thread.isAlive());
        assertThat(EnvdFixture.frames(exchange)).containsSubsequence(
                "0 {\"event\":{\"end\":{\"exitCode\":-1,\"status\":\"signal: killed\",\"error\":\"signal: killed\"}}}", "2 {}");
        assertThat(envd.unary("/process.Process/List", "{}").answerText()).isEqualTo("{}");
        assertThat(envd.unary("/process.Process/SendSignal", "{\"process\":{\"tag\":\"t\"},\"signal\":9}").status()).isEqualTo(404);
        assertThat(EnvdFixture.frames(envd.stream("/process.Process/Connect", "{\"process\":{\"tag\":\"t\"}}"))).hasSize(3);
    }

    @Test
    void theDeadlineKillsWithAndWithoutAClient() {
        var attended = envd.send(start("{\"process\":{\"cmd\":\"sleep\",\"args\":[\"1000\"]}}").header("Connect-Timeout-Ms", "300"));
        assertThat(EnvdFixture.frames(attended)).last().asString().contains("deadline_exceeded");
        await().until(() -> !isAlive(attended));

        var left = start("{\"process\":{\"cmd\":\"sleep\",\"args\":[\"1000\"]}}").header("Connect-Timeout-Ms", "3000");
        var thread = Thread.ofVirtual().start(() -> envd.send(left));
        await().until(() -> left.flushes().size() == 1);
        left.clientLeaves();
        await().until(() -> !thread.isAlive());
        assertThat(isAlive(left)).isTrue();
        await().until(() -> !isAlive(left));
    }

    @Test
    void inputStreamsThroughCat() throws IOException {
        var exchange = start("{\"process\":{\"cmd\":\"cat\"},\"tag\":\"cat\"}");
        var thread = Thread.ofVirtual().start(() -> envd.send(exchange));
        await().until(() -> exchange.flushes().size() == 1);
        var sender = new PipedOutputStream();
        try (var body = new PipedInputStream(sender)) {
            var input = FakeExchange.request("POST", "/process.Process/StreamInput")
                    .header("Content-Type", EnvdFixture.JSON)
                    .body(body);
            var typing = Thread.ofVirtual().start(() -> envd.send(input));
            sender.write(EnvdFixture.envelope(0, "{\"start\":{\"process\":{\"tag\":\"cat\"}}}"));
            sender.write(EnvdFixture.envelope(0, "{\"data\":{\"input\":{\"stdin\":\"b25l\"}}}"));
            sender.flush();
            await().until(() -> String.join("", EnvdFixture.frames(exchange)).contains("\"stdout\":\"b25l\""));
            sender.close();
            await().until(() -> !typing.isAlive());
            assertThat(EnvdFixture.frames(input)).containsExactly("0 {}", "2 {}");
        }
        assertThat(envd.unary("/process.Process/CloseStdin", "{\"process\":{\"tag\":\"cat\"}}").status()).isEqualTo(200);
        await().until(() -> !thread.isAlive());
        assertThat(EnvdFixture.frames(exchange)).endsWith("2 {}");
    }

    @Test
    void inputThatNobodyReadsEndsAtItsDeadline() {
        var exchange = start("{\"process\":{\"cmd\":\"sleep\",\"args\":[\"1000\"]},\"tag\":\"deaf\"}");
        Thread.ofVirtual().start(() -> envd.send(exchange));
        await().until(() -> exchange.flushes().size() == 1);
        var big = "{\"process\":{\"tag\":\"deaf\"},\"input\":{\"stdin\":\"" + "AAAA".repeat(100_000) + "\"}}";
        var answer = FakeExchange.request("POST", "/process.Process/SendInput")
                .header("Content-Type", "application/json")
                .header("Connect-Timeout-Ms", "500")
                .body(big);
        var writing = Thread.ofVirtual().start(() -> envd.send(answer));
        await().until(() -> !writing.isAlive());
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.answerText()).contains("deadline_exceeded");
        assertThat(envd.unary("/process.Process/List", "{}").status()).isEqualTo(200);
    }

    @Test
    void aTerminalHasItsSize() {
        var answer = envd.send(start("{\"process\":{\"cmd\":\"stty\",\"args\":[\"size\"]},\"pty\":{\"size\":{\"cols\":100,\"rows\":30}}}"));
        assertThat(String.join("", EnvdFixture.frames(answer))).contains("\"pty\":\"MzAgMTAwDQo=\"");
    }

    @Test
    void theDeathOfTheAgentCutsStreamsOff() {
        var exchange = start("{\"process\":{\"cmd\":\"sleep\",\"args\":[\"1000\"]}}");
        var thread = Thread.ofVirtual().start(() -> envd.send(exchange));
        await().until(() -> exchange.flushes().size() == 1);
        agent.kill();
        await().until(() -> !thread.isAlive());
        assertThat(exchange.aborted()).isTrue();
        assertThat(EnvdFixture.frames(exchange)).hasSize(1);
        assertThat(envd.unary("/process.Process/List", "{}").status()).isEqualTo(503);
        ProcessHandle.of(pid(exchange)).ifPresent(ProcessHandle::destroyForcibly);
    }

    private static FakeExchange start(String request) {
        return EnvdFixture.streamRequest("/process.Process/Start", request);
    }

    private FakeExchange run(String command, String more) {
        return envd.send(start("{\"process\":{\"cmd\":\"" + command + "\"" + more + "},\"stdin\":false}"));
    }

    private static long pid(FakeExchange exchange) {
        var match = PID.matcher(EnvdFixture.frames(exchange).getFirst());
        assertThat(match.find()).isTrue();
        return Long.parseLong(match.group(1));
    }

    private static boolean isAlive(FakeExchange exchange) {
        return ProcessHandle.of(pid(exchange)).filter(ProcessHandle::isAlive).isPresent();
    }

    private static List<ProcessEvent> events(byte[] body) throws Exception {
        var events = new ArrayList<ProcessEvent>();
        var bytes = ByteBuffer.wrap(body);
        while (bytes.get() == 0) {
            var payload = new byte[bytes.getInt()];
            bytes.get(payload);
            events.add(ProcessProto.StartResponse.parseFrom(payload).getEvent());
        }
        return events;
    }

    private static ByteString output(List<ProcessEvent> events, boolean stdout) {
        return events.stream()
                .filter(ProcessEvent::hasData)
                .map(event -> stdout ? event.getData().getStdout() : event.getData().getStderr())
                .reduce(ByteString.EMPTY, ByteString::concat);
    }
}
