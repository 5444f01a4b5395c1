package dev.caisson.guest.testing;

import dev.caisson.base.Category;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.ProcessInfo;
import dev.caisson.guest.ProcessSelector;
import dev.caisson.guest.ProcessSelector.ByPid;
import dev.caisson.guest.ProcessSelector.ByTag;
import dev.caisson.guest.ProcessStream;
import dev.caisson.guest.SpawnRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The process table; exits are remembered for ever. */
final class FakeProcesses {
    private static final int FIRST_PID = 100;
    private final Map<String, FakeProcess.Program> programs = new HashMap<>();
    private final List<FakeProcess> table = new ArrayList<>();
    private final List<FakeProcessStream> streams = new ArrayList<>();

    synchronized void program(String command, FakeProcess.Program program) {
        programs.put(command, program);
    }

    synchronized ProcessStream spawn(SpawnRequest request) {
        var process = new FakeProcess(FIRST_PID + table.size(), request);
        table.add(process);
        var program = programs.getOrDefault(request.command(), missing -> missing.exit(127));
        Thread.ofVirtual().name("fake-" + request.command()).start(() -> {
            try {
                program.run(process);
            } catch (Exception e) {
                process.print("the test's program failed: " + e).exit(255);
            }
        });
        return subscribe(process, 0);
    }

    synchronized ProcessStream attach(ProcessSelector selector, long offset) {
        var process = find(selector, any -> true);
        return subscribe(process, process.running() ? offset : -1);
    }

    synchronized List<ProcessInfo> running() {
        return table.stream().filter(FakeProcess::running).map(p -> new ProcessInfo(p.pid(), p.request())).toList();
    }

    synchronized FakeProcess live(ProcessSelector selector) {
        return find(selector, FakeProcess::running);
    }

    synchronized FakeProcess any(int pid) {
        return find(new ByPid(pid), any -> true);
    }

    synchronized void breakStreams() {
        streams.forEach(FakeProcessStream::close);
    }

    private FakeProcessStream subscribe(FakeProcess process, long offset) {
        var stream = new FakeProcessStream(process, offset);
        streams.add(stream);
        return stream;
    }

    private FakeProcess find(ProcessSelector selector, Predicate<FakeProcess> wanted) {
        return table.stream()
                .filter(process -> matches(selector, process))
                .filter(wanted)
                .findFirst()
                .orElseThrow(() -> new GuestException(Category.NOT_FOUND, "there is no process " + selector));
    }

    private static boolean matches(ProcessSelector selector, FakeProcess process) {
        return switch (selector) {
            case ByPid(int pid) -> process.pid() == pid;
            case ByTag(String tag) -> process.request().tag().equals(Optional.of(tag));
        };
    }
}
