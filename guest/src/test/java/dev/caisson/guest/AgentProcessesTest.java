package dev.caisson.guest;

import static dev.caisson.guest.GuestFailures.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.Category;
import dev.caisson.guest.ProcessEvent.Exited;
import dev.caisson.guest.ProcessEvent.Source;
import dev.caisson.guest.ProcessSelector.ByPid;
import dev.caisson.guest.ProcessSelector.ByTag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Processes on the real agent. */
@Timeout(60)
class AgentProcessesTest {
    @RegisterExtension
    static final NativeAgent AGENT = new NativeAgent();

    private static final Duration MOMENT = Duration.ofMillis(20);
    private static final String ENDLESS = "echo ready; exec sleep 1000";

    @TempDir
    private Path folder;

    @Test
    void deliversBothOutputsThenTheExit() {
        var run = Run.of(AGENT.link().spawn(shell("echo out; echo err >&2; exit 3")));

        assertThat(run.text(Source.STDOUT)).isEqualTo("out\n");
        assertThat(run.text(Source.STDERR)).isEqualTo("err\n");
        assertThat(run.exit()).isEqualTo(new Exited(3, 0, false));
    }

    @Test
    void deliversALotOfOutputInOrder() {
        var stream = AGENT.link().spawn(shell("i=0; while [ $i -lt 30000 ]; do echo $i; i=$((i+1)); done"));
        var run = Run.of(stream);

        var expected = IntStream.range(0, 30_000).mapToObj(Integer::toString).collect(Collectors.joining("\n", "", "\n"));
        assertThat(run.text(Source.STDOUT)).isEqualTo(expected);
        assertThat(stream.offset()).isEqualTo(expected.length());
        assertThat(stream.next(MOMENT)).as("after the exit").isEmpty();
    }

    @Test
    void deliversBytesThatAreNotText() {
        var run = Run.of(AGENT.link().spawn(command("head", "-c", "1000000", "/dev/zero")));

        assertThat(run.bytes(Source.STDOUT)).isEqualTo(new byte[1_000_000]);
    }

    @Test
    void tellsAMissingCommandFromOneThatCannotRun() {
        assertThat(Run.of(AGENT.link().spawn(command("no-such-command"))).exit().code()).isEqualTo(127);
        assertThat(Run.of(AGENT.link().spawn(command(folder + "/missing"))).exit().code()).isEqualTo(127);
        assertThat(Run.of(AGENT.link().spawn(command("/etc/passwd"))).exit().code()).isEqualTo(126);
    }

    @Test
    void passesArgumentsAndEnvironmentAsTheyAre() {
        var request = new SpawnRequest(
                "sh", List.of("-c", "printf '%s|' \"$@\" \"$WORD\" \"$#\"", "sh", "", "a b", "ä'\"\n"),
                Map.of("WORD", "with = and ü"), Optional.of(folder.toString()), AGENT.user(), Optional.empty(), false, Optional.empty());

        assertThat(Run.of(AGENT.link().spawn(request)).text(Source.STDOUT)).isEqualTo("|a b|ä'\"\n|with = and ü|3|");
    }

    @Test
    void takesARequestThatNeedsSeveralFrames() {
        var arguments = new ArrayList<>(List.of("-c", "echo $#", "sh"));
        IntStream.range(0, 3000).mapToObj("argument number %0100d"::formatted).forEach(arguments::add);

        assertThat(Run.of(AGENT.link().spawn(command("sh", arguments.toArray(String[]::new)))).text(Source.STDOUT)).isEqualTo("3000\n");
    }

    @Test
    void startsInTheFolder() throws Exception {
        var request = new SpawnRequest(
                "pwd", List.of(), Map.of(), Optional.of(folder.toString()), AGENT.user(), Optional.empty(), false, Optional.empty());

        assertThat(Run.of(AGENT.link().spawn(request)).text(Source.STDOUT)).isEqualTo(folder.toRealPath() + "\n");
    }

    @Test
    void refusesFoldersAndUsersThatDoNotExist() {
        var missing = new SpawnRequest(
                "pwd", List.of(), Map.of(), Optional.of(folder + "/missing"), AGENT.user(), Optional.empty(), false, Optional.empty());
        var nobody = new SpawnRequest(
                "pwd", List.of(), Map.of(), Optional.empty(), "no-such-user", Optional.empty(), false, Optional.empty());

        assertThat(fails(Category.INVALID, () -> AGENT.link().spawn(missing)).errno()).isEqualTo(Errno.ENOENT);
        fails(Category.UNAUTHENTICATED, () -> AGENT.link().spawn(nobody));
        AGENT.link().ping(Duration.ofSeconds(5));
    }

    @Test
    void endsBySignal() {
        try (var stream = AGENT.link().spawn(shell(ENDLESS))) {
            assertThat(stream.next(Duration.ofSeconds(10))).isPresent();
            AGENT.link().signal(new ByPid(stream.pid()), 15);

            assertThat(Run.of(stream).exit()).isEqualTo(new Exited(-1, 15, false));
            fails(Category.NOT_FOUND, () -> AGENT.link().signal(new ByPid(stream.pid()), 15));
        }
    }

    @Test
    void endsThoughAChildHoldsTheOutputOpen() {
        try (var stream = AGENT.link().spawn(shell("sleep 30 & echo ready; wait"))) {
            assertThat(stream.next(Duration.ofSeconds(10))).isPresent();
            AGENT.link().signal(new ByPid(stream.pid()), 9);

            assertThat(Run.of(stream).exit().signal()).isEqualTo(9);
        }
    }

    @Test
    void waitsNoLongerThanThePatience() {
        try (var stream = AGENT.link().spawn(shell("exec sleep 1000"))) {
            assertThat(stream.next(MOMENT)).isEmpty();
            assertThat(stream.next(Duration.ZERO)).isEmpty();
            AGENT.link().signal(new ByPid(stream.pid()), 9);
        }
    }

    @Test
    void listsWhatRunsWithItsRequestAsGiven() {
        var link = AGENT.link();
        var request = new SpawnRequest("sh", List.of("-c", ENDLESS), Map.of("K", "V"), Optional.of("/"), AGENT.user(),
                Optional.of("listed"), true, Optional.empty());
        try (var stream = link.spawn(request)) {
            assertThat(link.processes()).contains(new ProcessInfo(stream.pid(), request));
            link.signal(new ByTag("listed"), 9);
            Run.of(stream);
            assertThat(link.processes()).extracting(ProcessInfo::pid).doesNotContain(stream.pid());
        }
    }

    @Test
    void attachesWithAndWithoutWhatWasSaidBefore() throws Exception {
        var link = AGENT.link();
        var script = "printf 0123456789; while [ ! -e go ]; do sleep 0.02; done; printf abc";
        var request = new SpawnRequest("sh", List.of("-c", script), Map.of(), Optional.of(folder.toString()), AGENT.user(),
                Optional.of("attached"), false, Optional.empty());
        try (var first = link.spawn(request)) {
            var seen = first.next(Duration.ofSeconds(10)).orElseThrow();
            assertThat(seen).isInstanceOf(ProcessEvent.Output.class);
            try (var all = link.attach(new ByTag("attached"), 0);
                    var tail = link.attach(new ByPid(first.pid()), 7);
                    var live = link.attach(new ByPid(first.pid()), -1)) {
                assertThat(tail.offset()).isEqualTo(7);
                assertThat(live.offset()).isEqualTo(10);
                assertThat(live.next(MOMENT)).isEmpty();
                Files.createFile(folder.resolve("go"));

                assertThat(Run.of(all).text(Source.STDOUT)).isEqualTo("0123456789abc");
                assertThat(Run.of(tail).text(Source.STDOUT)).isEqualTo("789abc");
                assertThat(Run.of(live).text(Source.STDOUT)).isEqualTo("abc");
                assertThat(tail.offset()).isEqualTo(13);
            }
        }
    }

    @Test
    void remembersExits() {
        var link = AGENT.link();
        var stream = link.spawn(shell("echo gone; exit 9"));
        Run.of(stream);

        var later = Run.of(link.attach(new ByPid(stream.pid()), -1));
        assertThat(later.exit().code()).isEqualTo(9);
        assertThat(later.text(Source.STDOUT)).isEmpty();
        assertThat(Run.of(link.attach(new ByPid(stream.pid()), 0)).text(Source.STDOUT)).isEqualTo("gone\n");
        fails(Category.NOT_FOUND, () -> link.attach(new ByPid(Integer.MAX_VALUE), -1));
    }

    @Test
    void aProcessOutlivesItsReaderAndIsNotHeldUpByIt() {
        var link = AGENT.link();
        int pid;
        try (var stream = link.spawn(shell("head -c 5000000 /dev/zero; exit 4"))) {
            pid = stream.pid();
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(link.processes()).extracting(ProcessInfo::pid).doesNotContain(pid));
        assertThat(Run.of(link.attach(new ByPid(pid), -1)).exit().code()).isEqualTo(4);
    }

    @Test
    void closingAStreamWakesItsReader() throws Exception {
        var link = AGENT.link();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var stream = link.spawn(shell("exec sleep 1000"));
            var reader = threads.submit(() -> fails(Category.UNAVAILABLE, () -> stream.next(Duration.ofHours(1))));
            stream.close();

            reader.get();
            link.signal(new ByPid(stream.pid()), 9);
        }
    }

    @Test
    void runsManyAtOnce() throws Exception {
        var link = AGENT.link();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> runs = IntStream.range(0, 60)
                    .<Callable<String>>mapToObj(i -> () -> Run.of(link.spawn(shell("echo " + i))).text(Source.STDOUT))
                    .toList();
            var outputs = new ArrayList<String>();
            for (var run : threads.invokeAll(runs)) {
                outputs.add(run.get());
            }
            assertThat(outputs).isEqualTo(IntStream.range(0, 60).mapToObj(i -> i + "\n").toList());
        }
    }

    private static SpawnRequest shell(String script) {
        return command("sh", "-c", script);
    }

    private static SpawnRequest command(String command, String... arguments) {
        return new SpawnRequest(
                command, List.of(arguments), Map.of(), Optional.of("/"), AGENT.user(), Optional.empty(), false, Optional.empty());
    }
}
