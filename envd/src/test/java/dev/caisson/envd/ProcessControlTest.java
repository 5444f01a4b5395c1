package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.http.testing.FakeExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessControlTest {
    private static final String SERVICE = "/process.Process/";
    private final FakeAgent agent = new FakeAgent();
    private final EnvdFixture envd = EnvdFixture.open(agent);

    /** Process 100 has a pipe, process 101 a terminal; both run until told otherwise. */
    @BeforeEach
    void start() {
        agent.run("cat", process -> {});
        for (var request : new String[] {
            "{\"process\":{\"cmd\":\"cat\",\"args\":[\"-\"],\"envs\":{\"K\":\"v\"},\"cwd\":\"/tmp\"},\"tag\":\"pipe\"}",
            "{\"process\":{\"cmd\":\"cat\"},\"pty\":{\"size\":{\"cols\":80,\"rows\":24}}}"
        }) {
            var exchange = EnvdFixture.streamRequest(SERVICE + "Start", request);
            Thread.ofVirtual().start(() -> envd.send(exchange));
            await().until(() -> exchange.flushes().size() == 1);
        }
    }

    @AfterEach
    void close() {
        envd.close();
    }

    @Test
    void listsProcessesAsTheyWereAskedFor() {
        assertThat(call("List", "{}")).isEqualTo("""
                200 {"processes":[{"config":{"cmd":"cat","args":["-"],"envs":{"K":"v"},"cwd":"/tmp"},"pid":100,"tag":"pipe"},\
                {"config":{"cmd":"cat"},"pid":101}]}""");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"process":{"pid":100},"signal":"SIGNAL_SIGKILL"}     | 9
            {"process":{"pid":100},"signal":15}                   | 15
            {"process":{"tag":"pipe"},"signal":"SIGNAL_SIGTERM"}  | 15
            """)
    void sendsSignals(String request, int signal) {
        assertThat(call("SendSignal", request)).isEqualTo("200 {}");
        assertThat(agent.process(100).signals()).containsExactly(signal);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SendSignal | {"process":{"pid":100}}                                         | 501 | unimplemented
            SendSignal | {"process":{"pid":100},"signal":"SIGNAL_SIGHUP"}                | 501 | unimplemented
            SendSignal | {"process":{"pid":999},"signal":"SIGNAL_SIGKILL"}               | 404 | not_found
            SendSignal | {"signal":"SIGNAL_SIGKILL"}                                     | 501 | unimplemented
            SendInput  | {"process":{"pid":100},"input":{"pty":"aGk="}}                  | 500 | internal
            SendInput  | {"process":{"pid":101},"input":{"stdin":"aGk="}}                | 500 | internal
            SendInput  | {"process":{"pid":100}}                                         | 501 | unimplemented
            SendInput  | {"process":{"tag":"none"},"input":{"stdin":"aGk="}}             | 404 | not_found
            CloseStdin | {"process":{"pid":101}}                                         | 500 | unknown
            CloseStdin | {"process":{"pid":999}}                                         | 404 | not_found
            Update     | {"process":{"pid":100},"pty":{"size":{"cols":1,"rows":1}}}       | 500 | internal
            Update     | {"process":{"pid":999}}                                         | 404 | not_found
            """)
    void refuses(String method, String request, int status, String code) {
        assertThat(call(method, request)).startsWith(status + " {\"code\":\"" + code + "\"");
    }

    @Test
    void writesAndClosesInput() {
        assertThat(call("SendInput", "{\"process\":{\"pid\":100},\"input\":{\"stdin\":\"aGk\"}}")).isEqualTo("200 {}");
        assertThat(call("SendInput", "{\"process\":{\"pid\":101},\"input\":{\"pty\":\"BA==\"}}")).isEqualTo("200 {}");
        assertThat(call("CloseStdin", "{\"process\":{\"pid\":100}}")).isEqualTo("200 {}");
        assertThat(call("CloseStdin", "{\"process\":{\"pid\":100}}")).isEqualTo("200 {}");
        assertThat(agent.process(100).input()).isEqualTo("hi");
        assertThat(agent.process(101).input()).isEqualTo("\u0004");
        assertThat(call("SendInput", "{\"process\":{\"pid\":100},\"input\":{\"stdin\":\"aGk\"}}")).startsWith("500 ");
    }

    @Test
    void resizesTerminals() {
        assertThat(call("Update", "{\"process\":{\"pid\":101},\"pty\":{\"size\":{\"cols\":100,\"rows\":30}}}")).isEqualTo("200 {}");
        assertThat(agent.process(101).size().orElseThrow().columns()).isEqualTo(100);
        assertThat(call("Update", "{\"process\":{\"pid\":101}}")).isEqualTo("200 {}");
    }

    @Test
    void anUnknownBasicUserMaySteerNothing() {
        var answer = envd.send(FakeExchange.request("POST", SERVICE + "List")
                .header("Content-Type", "application/json")
                .header("Authorization", "Basic Z2hvc3Q6")
                .body("{}"));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.answerText()).contains("\"code\":\"unauthenticated\"");
    }

    @Test
    void passesStreamedInputOnWhileTheBodyIsOpen() throws IOException {
        var sender = new PipedOutputStream();
        try (var body = new PipedInputStream(sender, 4096)) {
            var exchange = streamInput(body);
            var thread = Thread.ofVirtual().start(() -> envd.send(exchange));
            send(sender, "{\"start\":{\"process\":{\"pid\":100}}}");
            send(sender, "{\"data\":{\"input\":{\"stdin\":\"b25l\"}}}");
            await().until(() -> agent.process(100).input().equals("one"));
            send(sender, "{\"keepalive\":{}}");
            send(sender, "{\"start\":{\"process\":{\"pid\":101}}}");
            send(sender, "{\"data\":{\"input\":{\"pty\":\"dHdv\"}}}");
            await().until(() -> agent.process(101).input().equals("two"));
            sender.close();
            await().until(() -> !thread.isAlive());
            assertThat(EnvdFixture.frames(exchange)).containsExactly("0 {}", "2 {}");
        }
    }

    @Test
    void refusesStreamedInputForNobodyAtOnce() throws IOException {
        try (var sender = new PipedOutputStream(); var body = new PipedInputStream(sender, 4096)) {
            var exchange = streamInput(body);
            var thread = Thread.ofVirtual().start(() -> envd.send(exchange));
            send(sender, "{\"start\":{\"process\":{\"pid\":999}}}");
            await().until(() -> !thread.isAlive());
            assertThat(EnvdFixture.frames(exchange)).singleElement().asString().contains("\"code\":\"not_found\"");
        }
    }

    @Test
    void refusesStreamedDataBeforeItsTarget() {
        var exchange = streamInput(new ByteArrayInputStream(
                EnvdFixture.envelope(0, "{\"data\":{\"input\":{\"stdin\":\"b25l\"}}}")));
        assertThat(EnvdFixture.frames(envd.send(exchange))).singleElement().asString().contains("invalid_argument");
    }

    @Test
    void endsStreamedInputAtItsDeadline() throws IOException {
        try (var sender = new PipedOutputStream(); var body = new PipedInputStream(sender, 4096)) {
            var answer = envd.send(streamInput(body).header("Connect-Timeout-Ms", "200"));
            assertThat(EnvdFixture.frames(answer)).singleElement().asString().contains("deadline_exceeded");
        }
    }

    private static FakeExchange streamInput(InputStream body) {
        return FakeExchange.request("POST", SERVICE + "StreamInput").header("Content-Type", EnvdFixture.JSON).body(body);
    }

    private static void send(PipedOutputStream sender, String message) throws IOException {
        sender.write(EnvdFixture.envelope(0, message));
        sender.flush();
    }

    private String call(String method, String json) {
        var answer = envd.unary(SERVICE + method, json);
        return answer.status() + " " + answer.answerText();
    }
}
