package dev.caisson.guest.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caisson.base.Category;
import dev.caisson.guest.Awakening;
import dev.caisson.guest.FileEntry;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.GuestStream;
import dev.caisson.guest.HookMoment;
import dev.caisson.guest.HookResult;
import dev.caisson.guest.InputKind;
import dev.caisson.guest.ProcessEvent.Exited;
import dev.caisson.guest.ProcessEvent.Output;
import dev.caisson.guest.ProcessInfo;
import dev.caisson.guest.ProcessSelector.ByPid;
import dev.caisson.guest.ProcessSelector.ByTag;
import dev.caisson.guest.SpawnRequest;
import dev.caisson.guest.WatchEvent;
import dev.caisson.guest.WatchRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FakeAgentTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private final FakeAgent agent = new FakeAgent();

    @Test
    void runsTheTestsPrograms() {
        agent.run("greet", process -> process.print("hello").exit(3));

        var stream = agent.spawn(request("greet"));

        assertThat(stream.next(PATIENCE)).containsInstanceOf(Output.class);
        assertThat(stream.offset()).isEqualTo(5);
        assertThat(stream.next(PATIENCE)).contains(new Exited(3, 0, false));
        assertThat(stream.next(PATIENCE)).isEmpty();
        assertThat(agent.attach(new ByPid(stream.pid()), -1).next(PATIENCE)).contains(new Exited(3, 0, false));
        assertThat(agent.spawn(request("unknown")).next(PATIENCE)).contains(new Exited(127, 0, false));
    }

    @Test
    void remembersWhatItWasToldAfterARestoreAndRunsTheTestsHooks() {
        var awakening = new Awakening("id", "template", true, Instant.EPOCH, new byte[32], new byte[32], 60);
        var failed = new HookResult("01-network", 1, false);
        agent.hooks(HookMoment.AFTER_FORK, failed);

        agent.awake(awakening);

        assertThat(agent.awakening()).containsSame(awakening);
        assertThat(agent.runHooks(HookMoment.AFTER_RESTORE, PATIENCE)).isEmpty();
        assertThat(agent.runHooks(HookMoment.AFTER_FORK, PATIENCE)).containsExactly(failed);
        assertThat(agent.hooksRun()).containsExactly(HookMoment.AFTER_RESTORE, HookMoment.AFTER_FORK);
    }

    @Test
    void takesInputAndSignals() throws Exception {
        agent.run("cat", process -> {
            if (process.awaitInputClosed(PATIENCE)) {
                process.print(process.input());
            }
        });
        var stream = agent.spawn(request("cat"));
        var selector = new ByTag("tag");

        agent.writeInput(selector, InputKind.STDIN, "abc".getBytes(StandardCharsets.UTF_8));
        fails(Category.CONFLICT, () -> agent.writeInput(selector, InputKind.PTY, new byte[1]));
        agent.closeInput(selector);
        assertThat(stream.next(PATIENCE)).containsInstanceOf(Output.class);
        assertThat(agent.processes()).extracting(ProcessInfo::pid).containsExactly(stream.pid());
        agent.signal(selector, 9);
        assertThat(stream.next(PATIENCE)).contains(new Exited(-1, 9, false));
        assertThat(agent.processes()).isEmpty();
        fails(Category.NOT_FOUND, () -> agent.signal(selector, 9));
    }

    @Test
    void keepsFilesAndFolders() throws Exception {
        var entry = agent.write("user", "a/b.txt", Map.of("k", "v"), new ByteArrayInputStream("text".getBytes(StandardCharsets.UTF_8)));

        assertThat(entry.path()).isEqualTo("/home/user/a/b.txt");
        assertThat(agent.files().text("/home/user/a/b.txt")).isEqualTo("text");
        assertThat(agent.list("", "", 9)).extracting(FileEntry::name).containsExactly("a", "b.txt");
        assertThat(agent.list("", "", 1)).extracting(FileEntry::name).containsExactly("a");
        try (var read = agent.read("", "a/b.txt", 1, 2)) {
            assertThat(read.content().readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("ex");
        }
        agent.move("", "a", "c");
        assertThat(agent.files().exists("/home/user/c/b.txt")).isTrue();
        agent.remove("", "c");
        fails(Category.NOT_FOUND, () -> agent.stat("", "c/b.txt"));
        fails(Category.UNAUTHENTICATED, () -> agent.stat("nobody", "/"));
        fails(Category.INVALID, () -> agent.stat("", "~root"));
    }

    @Test
    void deliversChangesToWatches() {
        var request = new WatchRequest("", "/tmp", false, false, false);
        var event = new WatchEvent("x", WatchEvent.Kind.CREATE, Optional.empty());
        try (var watch = agent.watch(request)) {
            var id = agent.createWatcher(request);

            agent.changed("/tmp", event);

            assertThat(watch.next(PATIENCE)).contains(event);
            assertThat(agent.watcherEvents(id)).containsExactly(event);
            assertThat(agent.watcherEvents(id)).isEmpty();
            agent.removeWatcher(id);
            fails(Category.NOT_FOUND, () -> agent.watcherEvents(id));
        }
    }

    @Test
    void connectsBothWays() throws Exception {
        agent.listen(80, FakeAgentTest::echo);
        assertThat(ask(agent.dial("", 80))).isEqualTo("question");
        fails(Category.UNAVAILABLE, () -> agent.dial("", 81));
        try (var served = agent.serve("0.0.0.0", 49983, FakeAgentTest::echo)) {
            assertThat(ask(agent.connectServed(served.port()))).isEqualTo("question");
        }
        fails(Category.UNAVAILABLE, () -> agent.connectServed(49983));
    }

    @Test
    void breaksWhenTold() {
        agent.run("wait", process -> {});
        var stream = agent.spawn(request("wait"));

        agent.breakLink();

        fails(Category.UNAVAILABLE, () -> stream.next(PATIENCE));
        fails(Category.UNAVAILABLE, () -> agent.ping(PATIENCE));
    }

    private static SpawnRequest request(String command) {
        return new SpawnRequest(command, List.of(), Map.of(), Optional.empty(), "", Optional.of("tag"), true, Optional.empty());
    }

    private static void echo(GuestStream stream) {
        try {
            stream.input().transferTo(stream.output());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String ask(GuestStream stream) throws IOException {
        try (stream) {
            stream.output().write("question".getBytes(StandardCharsets.UTF_8));
            stream.shutdownOutput();
            return new String(stream.input().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void fails(Category category, ThrowingCallable call) {
        assertThat(catchThrowableOfType(GuestException.class, call)).extracting(GuestException::category).isEqualTo(category);
    }
}
