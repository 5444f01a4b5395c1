package dev.caisson.envd;

import dev.caisson.base.SandboxId;
import dev.caisson.envd.connect.Deadline;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.ProcessEvent;
import dev.caisson.guest.SpawnRequest;
import dev.caisson.node.LogLevel;
import dev.caisson.node.Node;
import dev.caisson.node.SandboxInfo;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Writes the start and the end of processes into the log of their sandbox ({@code contract/envd.md} §6.4): what was to run,
 * never what it reads or prints. An end that several clients see is written once; one that nobody sees is not. Safe for use
 * by many threads.
 */
final class ProcessLog {
    private static final String LOGGER = "process";
    private static final String EVENT = "event_type";
    private static final int LONGEST_IN_MESSAGE = 120;
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(365);

    private static final int LONGEST_COMMAND = 4096;
    private static final int LONGEST_REMEMBERED = 1000;
    private static final long FORGET_EVERY_NANOS = Duration.ofSeconds(10).toNanos();

    private final Node node;
    private final AtomicLong lastForgotten = new AtomicLong(System.nanoTime());
    private final Map<SandboxId, RunningProcesses> running = new ConcurrentHashMap<>();

    ProcessLog(Node node) {
        this.node = node;
    }

    void started(SandboxInfo sandbox, int pid, SpawnRequest request, Deadline deadline) {
        var command = command(request);
        forgetEnded();
        running.computeIfAbsent(sandbox.id(), id -> new RunningProcesses())
                .add(pid, new RunningProcesses.Started(System.nanoTime(), cut(command, LONGEST_REMEMBERED)));
        var fields = fields("process_start", pid, command);
        fields.putAll(details(request));
        if (deadline.exists()) {
            fields.put("request_timeout_ms", Long.toString(deadline.within(LONGEST_TIMEOUT).toMillis()));
        }
        write(sandbox, LogLevel.INFO, "Process " + pid + " started: " + brief(command), fields);
    }

    void failedToStart(SandboxInfo sandbox, SpawnRequest request, GuestException failure) {
        var fields = new TreeMap<>(details(request));
        fields.put(EVENT, "process_start");
        fields.put("command", command(request));
        fields.put("error_code", failure.category().name().toLowerCase(Locale.ROOT));
        write(sandbox, LogLevel.ERROR, "Process could not be started: " + failure.getMessage(), fields);
    }

    /** @param output how much it printed, by source; empty if not all of it was seen */
    void ended(SandboxInfo sandbox, int pid, ProcessEvent.Exited exited, Map<String, String> output) {
        ended(sandbox, pid, ExitText.end(exited).getStatus(), output);
    }

    void killedAtDeadline(SandboxInfo sandbox, int pid) {
        ended(sandbox, pid, "signal: killed, because its deadline passed", Map.of());
    }

    private void ended(SandboxInfo sandbox, int pid, String result, Map<String, String> output) {
        var processes = running.get(sandbox.id());
        var started = processes == null ? Optional.<RunningProcesses.Started>empty() : processes.take(pid);
        started.ifPresent(known -> {
            var fields = fields("process_end", pid, known.command());
            fields.putAll(output);
            fields.put("process_result", result);
            fields.put("duration_ms", Long.toString(Duration.ofNanos(System.nanoTime() - known.nanos()).toMillis()));
            write(sandbox, LogLevel.INFO, "Process " + pid + " ended: " + result, fields);
        });
    }

    private void write(SandboxInfo sandbox, LogLevel level, String message, Map<String, String> fields) {
        node.logs().append(sandbox.owner(), sandbox.id(), level, LOGGER, message, fields);
    }

    private static Map<String, String> fields(String event, int pid, String command) {
        var fields = new TreeMap<String, String>();
        fields.put(EVENT, event);
        fields.put("pid", Integer.toUnsignedString(pid));
        fields.put("command", command);
        return fields;
    }

    private static Map<String, String> details(SpawnRequest request) {
        var fields = new TreeMap<String, String>();
        fields.put("user", request.user().isEmpty() ? "default" : request.user());
        request.folder().ifPresent(folder -> fields.put("cwd", folder));
        request.tag().ifPresent(tag -> fields.put("tag", tag));
        request.pty().ifPresent(size -> fields.put("pty", size.columns() + "x" + size.rows()));
        return fields;
    }

    /** Never puts together more than is kept of it. */
    private static String command(SpawnRequest request) {
        var command = new StringBuilder(cut(request.command(), LONGEST_COMMAND));
        for (var argument : request.arguments()) {
            if (command.length() > LONGEST_COMMAND) {
                break;
            }
            command.append(' ').append(cut(argument, LONGEST_COMMAND));
        }
        return cut(command.toString(), LONGEST_COMMAND);
    }

    private static String brief(String command) {
        return cut(command, LONGEST_IN_MESSAGE).replaceAll("\\R", " ");
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "…";
    }

    /** Processes whose end nobody saw are forgotten when their sandbox has gone. */
    private void forgetEnded() {
        var last = lastForgotten.get();
        var now = System.nanoTime();
        if (now - last > FORGET_EVERY_NANOS && lastForgotten.compareAndSet(last, now)) {
            var alive = node.list().stream().map(SandboxInfo::id).collect(Collectors.toSet());
            running.keySet().retainAll(alive);
        }
    }
}
