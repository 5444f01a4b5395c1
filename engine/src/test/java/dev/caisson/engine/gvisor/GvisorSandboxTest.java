package dev.caisson.engine.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.engine.EngineException;
import dev.caisson.engine.EngineHandle;
import dev.caisson.linux.ControlGroups;
import dev.caisson.linux.ProcessIdentity;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is known of a sandbox whose kernel does not say whether it did as it was told. This process stands for the kernel's. */
@Timeout(20)
class GvisorSandboxTest {
    private static final String DONE = "{\"success\":true}";
    private static final String REFUSED = "{\"success\":false,\"err\":\"not now\"}";

    @TempDir
    Path folder;

    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private Places places;
    private Builds builds;
    private ServerSocketChannel server;
    private GvisorSandbox sandbox;

    @BeforeEach
    void listen() throws IOException {
        places = new Places(folder.resolve("g"), "/none", "/none/gvisor");
        builds = new Builds(BuildsTest.build(folder.resolve("build"), "b", "b"));
        Files.createDirectories(places.socket("i1").getParent());
        Files.createDirectories(places.pausedMark("i1").getParent());
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(places.socket("i1")));
        Thread.startVirtualThread(this::serve);
        sandbox = sandbox();
    }

    private GvisorSandbox sandbox() {
        var self = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();
        return new GvisorSandbox(
                new EngineHandle("gvisor", "b", "i1", "boot", self), places, ControlGroups.ofThisMachine(), builds,
                GvisorConfig.standard());
    }

    private void serve() {
        try {
            while (true) {
                try (var connection = server.accept()) {
                    var request = ByteBuffer.allocate(4096);
                    connection.read(request);
                    requests.add(new String(request.array(), 0, request.position(), StandardCharsets.UTF_8));
                    connection.write(ByteBuffer.wrap(answers.take().getBytes(StandardCharsets.UTF_8)));
                }
            }
        } catch (IOException e) {
            // The test is over.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void afterAResumeThatWasNotConfirmedNobodyKnowsWhetherItStandsStill() {
        answers.add(DONE);
        sandbox.pause();
        answers.add(REFUSED);
        assertThatThrownBy(sandbox::resume).isInstanceOf(EngineException.class).hasMessageContaining("not now");

        assertThat(sandbox.mayStandStill()).isTrue();
        assertThatThrownBy(sandbox::pause).isInstanceOf(EngineException.class).hasMessageContaining("nobody knows");
        assertThat(sandbox().mayStandStill()).as("under the next server as well").isTrue();

        answers.add(DONE);
        sandbox.resume();
        assertThat(sandbox.mayStandStill()).isFalse();
        assertThat(sandbox().mayStandStill()).isFalse();
        assertThat(requests).hasSize(3);
    }

    @Test
    void oneThatWasSeenToRunIsNotResumedAgain() {
        answers.add(DONE);
        sandbox.pause();
        answers.add(REFUSED);
        assertThatThrownBy(sandbox::resume).isInstanceOf(EngineException.class);

        sandbox.confirmRuns();
        sandbox.resume();

        assertThat(sandbox.mayStandStill()).isFalse();
        assertThat(requests).hasSize(2);
    }
}
