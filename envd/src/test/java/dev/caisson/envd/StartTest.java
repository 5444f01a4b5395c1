package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.caisson.envd.proto.ProcessProto;
import dev.caisson.guest.ProcessEvent.Source;
import dev.caisson.guest.PtySize;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.http.testing.FakeExchange;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StartTest {
    private static final String START = "/process.Process/Start";
    private final FakeAgent agent = new FakeAgent();
    private final EnvdFixture envd = EnvdFixture.open(agent);

    @AfterEach
    void close() {
        envd.close();
    }

    @Test
    void streamsStartOutputAndEndInJson() {
        agent.run("/bin/bash", process -> process.print("hi\n").exit(0));
        var answer = envd.stream(START, "{\"process\":{\"cmd\":\"/bin/bash\",\"args\":[\"-l\",\"-c\",\"echo hi\"]},\"stdin\":false}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.answerHeaders("Content-Type")).containsExactly("application/connect+json");
        assertThat(EnvdFixture.frames(answer)).containsExactly(
                "0 {\"event\":{\"start\":{\"pid\":100}}}",
                "0 {\"event\":{\"data\":{\"stdout\":\"aGkK\"}}}",
                "0 {\"event\":{\"end\":{\"exited\":true,\"status\":\"exit status 0\"}}}",
                "2 {}");
        assertThat(answer.complete()).isTrue();
    }

    @Test
    void flushesEveryMessageByItself() {
        agent.run("x", process -> process.print("a").emit(Source.STDERR, new byte[] {'b'}).exit(0));
        var answer = envd.stream(START, "{\"process\":{\"cmd\":\"x\"}}");
        assertThat(answer.flushes()).hasSize(5).allSatisfy(flush -> assertThat(EnvdFixture.frames(flush)).hasSize(1));
    }

    @Test
    void speaksProtobufWithZigzagExitCode() throws Exception {
        agent.run("x", process -> process.emit(Source.STDOUT, new byte[] {(byte) 0xe2}).exit(1));
        var request = ProcessProto.StartRequest.newBuilder()
                .setProcess(ProcessProto.ProcessConfig.newBuilder().setCmd("x"))
                .build();
        var answer = envd.send(FakeExchange.request("POST", START)
                .header("Content-Type", "application/connect+proto")
                .body(EnvdFixture.envelope(0, request.toByteArray())));
        assertThat(answer.answerHeaders("Content-Type")).containsExactly("application/connect+proto");
        var bytes = ByteBuffer.wrap(answer.answerBody());
        assertThat(event(bytes).getStart().getPid()).isEqualTo(100);
        assertThat(event(bytes).getData().getStdout()).isEqualTo(ByteString.copyFrom(new byte[] {(byte) 0xe2}));
        var end = event(bytes).getEnd();
        assertThat(end.getExitCode()).isEqualTo(1);
        assertThat(end.toByteArray()).startsWith(8, 2);
        assertThat(end.getError()).isEqualTo("exit status 1");
        assertThat(bytes.get()).isEqualTo((byte) 2);
        assertThat(bytes.getInt()).isEqualTo(2);
        assertThat(bytes.getShort()).isEqualTo((short) 0x7b7d);
    }

    private static ProcessProto.ProcessEvent event(ByteBuffer bytes) throws Exception {
        assertThat(bytes.get()).isZero();
        var payload = new byte[bytes.getInt()];
        bytes.get(payload);
        return ProcessProto.StartResponse.parseFrom(payload).getEvent();
    }

    @Test
    void passesTheWholeRequestOn() {
        agent.run("c", process -> process.exit(0));
        var request = EnvdFixture.streamRequest(START, """
                {"process":{"cmd":"c","args":["1"],"envs":{"K":"v"},"cwd":"/tmp"},"pty":{"size":{"cols":65616,"rows":25}},"tag":"t"}""");
        envd.send(request.header("Authorization", "Basic cm9vdDo="));
        var spawned = agent.process(100).request();
        assertThat(spawned.command()).isEqualTo("c");
        assertThat(spawned.arguments()).containsExactly("1");
        assertThat(spawned.environment()).isEqualTo(Map.of("K", "v"));
        assertThat(spawned.folder()).contains("/tmp");
        assertThat(spawned.user()).isEqualTo("root");
        assertThat(spawned.tag()).contains("t");
        assertThat(spawned.pty()).contains(new PtySize(80, 25));
        assertThat(spawned.input()).isTrue();
    }

    @Test
    void stdinIsAPipeUnlessRefused() {
        agent.run("c", process -> process.exit(0));
        envd.stream(START, "{\"process\":{\"cmd\":\"c\"}}");
        envd.stream(START, "{\"process\":{\"cmd\":\"c\"},\"stdin\":true}");
        envd.stream(START, "{\"process\":{\"cmd\":\"c\"},\"stdin\":false}");
        assertThat(List.of(100, 101, 102).stream().map(pid -> agent.process(pid).request().input()))
                .containsExactly(true, true, false);
    }

    @Test
    void aSignalledProcessEndsWithMinusOne() {
        agent.run("c", process -> process.killedBy(9));
        assertThat(EnvdFixture.frames(envd.stream(START, "{\"process\":{\"cmd\":\"c\"}}")))
                .contains("0 {\"event\":{\"end\":{\"exitCode\":-1,\"status\":\"signal: killed\",\"error\":\"signal: killed\"}}}");
    }

    @Test
    void aMissingFolderIsAnErrorInTheStream() {
        var answer = envd.stream(START, "{\"process\":{\"cmd\":\"c\",\"cwd\":\"nowhere\"}}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(EnvdFixture.frames(answer)).hasSize(1).first().asString().startsWith("2 {\"error\":{\"code\":\"");
    }

    @Test
    void anUnknownUserIsUnauthenticated() {
        var answer = envd.send(EnvdFixture.streamRequest(START, "{\"process\":{\"cmd\":\"c\"}}")
                .header("Authorization", "Basic bm9ib2R5Og=="));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(EnvdFixture.frames(answer)).hasSize(1).first().asString().contains("\"code\":\"unauthenticated\"");
    }

    @Test
    void sendsKeepalivesWhileNothingHappens() {
        agent.run("c", process -> {});
        var exchange = EnvdFixture.streamRequest(START, "{\"process\":{\"cmd\":\"c\"}}").header("Keepalive-Ping-Interval", "1");
        var thread = Thread.ofVirtual().start(() -> envd.send(exchange));
        await().atMost(Duration.ofSeconds(20)).until(() -> EnvdFixture.frames(exchange).size() >= 3);
        agent.process(100).exit(0);
        await().until(() -> !thread.isAlive());
        assertThat(EnvdFixture.frames(exchange)).contains("0 {\"event\":{\"keepalive\":{}}}").endsWith("2 {}");
    }

    @Test
    void theDeadlineKillsTheProcessAndEndsTheStream() {
        agent.run("c", process -> {});
        var answer = envd.send(EnvdFixture.streamRequest(START, "{\"process\":{\"cmd\":\"c\"}}").header("Connect-Timeout-Ms", "50"));
        assertThat(EnvdFixture.frames(answer)).hasSize(2).last().asString().contains("\"code\":\"deadline_exceeded\"");
        assertThat(agent.process(100).signals()).containsExactly(9);
    }

    @Test
    void theDeadlineKillsAlsoWhenTheClientHasLeft() {
        agent.run("c", process -> {});
        var exchange = EnvdFixture.streamRequest(START, "{\"process\":{\"cmd\":\"c\"}}").header("Connect-Timeout-Ms", "2000");
        var thread = Thread.ofVirtual().start(() -> envd.send(exchange));
        await().until(() -> exchange.flushes().size() == 1);
        exchange.clientLeaves();
        await().until(() -> !thread.isAlive());
        assertThat(agent.process(100).running()).isTrue();
        await().atMost(Duration.ofSeconds(20)).until(() -> !agent.process(100).running());
        assertThat(agent.process(100).signals()).containsExactly(9);
    }

    @Test
    void aDeadlineThatPassesWhileTheSandboxIsPausedKillsWhenItGoesOn() {
        agent.run("c", process -> {});
        envd.service.standsStill(envd.sandbox.id());
        var exchange = EnvdFixture.streamRequest(START, "{\"process\":{\"cmd\":\"c\"}}").header("Connect-Timeout-Ms", "2000");
        var thread = Thread.ofVirtual().start(() -> envd.send(exchange));
        await().until(() -> exchange.flushes().size() == 1);
        exchange.clientLeaves();
        await().until(() -> !thread.isAlive());
        assertThat(agent.process(100).running()).isTrue();

        envd.service.goesOn(envd.sandbox.id());

        await().atMost(Duration.ofSeconds(30)).until(() -> !agent.process(100).running());
        assertThat(agent.process(100).signals()).containsExactly(9);
    }

    @Test
    void aProcessWithoutDeadlineOutlivesItsClient() {
        agent.run("c", process -> {});
        var exchange = EnvdFixture.streamRequest(START, "{\"process\":{\"cmd\":\"c\"}}");
        var thread = Thread.ofVirtual().start(() -> envd.send(exchange));
        await().until(() -> exchange.flushes().size() == 1);
        exchange.clientLeaves();
        await().until(() -> !thread.isAlive());
        assertThat(agent.process(100).running()).isTrue();
        assertThat(envd.unary("/process.Process/List", "{}").answerText()).contains("\"pid\":100");
    }

    @Test
    void aDeadSandboxCutsTheStreamOff() {
        agent.run("c", process -> {});
        var exchange = EnvdFixture.streamRequest(START, "{\"process\":{\"cmd\":\"c\"}}");
        var thread = Thread.ofVirtual().start(() -> envd.send(exchange));
        await().until(() -> exchange.flushes().size() == 1);
        agent.breakLink();
        await().until(() -> !thread.isAlive());
        assertThat(exchange.aborted()).isTrue();
        assertThat(EnvdFixture.frames(exchange)).hasSize(1);
    }

    @Test
    void connectAttachesToTheRunningAndTheEnded() {
        agent.run("c", process -> process.print("early"));
        var first = EnvdFixture.streamRequest(START, "{\"process\":{\"cmd\":\"c\"},\"tag\":\"t\"}");
        var thread = Thread.ofVirtual().start(() -> envd.send(first));
        await().until(() -> first.flushes().size() == 2);
        var second = EnvdFixture.streamRequest("/process.Process/Connect", "{\"process\":{\"tag\":\"t\"}}");
        var attached = Thread.ofVirtual().start(() -> envd.send(second));
        await().until(() -> second.flushes().size() == 1);
        agent.process(100).print("late").exit(3);
        await().until(() -> !thread.isAlive() && !attached.isAlive());
        assertThat(EnvdFixture.frames(second)).containsExactly(
                "0 {\"event\":{\"start\":{\"pid\":100}}}",
                "0 {\"event\":{\"data\":{\"stdout\":\"bGF0ZQ==\"}}}",
                "0 {\"event\":{\"end\":{\"exitCode\":3,\"exited\":true,\"status\":\"exit status 3\",\"error\":\"exit status 3\"}}}",
                "2 {}");
        assertThat(EnvdFixture.frames(envd.stream("/process.Process/Connect", "{\"process\":{\"pid\":100}}")))
                .hasSize(3)
                .endsWith("2 {}");
        assertThat(Optional.of(envd.unary("/process.Process/List", "{}").answerText())).contains("{}");
    }

    @Test
    void connectToNothingIsNotFound() {
        var answer = envd.stream("/process.Process/Connect", "{\"process\":{\"pid\":999999}}");
        assertThat(answer.answerBody()).isEqualTo(EnvdFixture.envelope(
                2, "{\"error\":{\"code\":\"not_found\",\"message\":\"process with pid 999999 not found\"}}"));
        assertThat(answer.answerBody()).startsWith(2, 0, 0, 0, 0x4c);
    }
}
