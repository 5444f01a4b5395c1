package dev.caisson.envd;

import dev.caisson.base.Category;
import dev.caisson.envd.connect.Call;
import dev.caisson.envd.connect.ConnectCode;
import dev.caisson.envd.connect.ConnectFailure;
import dev.caisson.envd.connect.ConnectMethod;
import dev.caisson.envd.connect.ConnectMethod.Responses;
import dev.caisson.envd.connect.ConnectMethod.ServerStream;
import dev.caisson.envd.proto.ProcessProto.ConnectRequest;
import dev.caisson.envd.proto.ProcessProto.ConnectResponse;
import dev.caisson.envd.proto.ProcessProto.StartRequest;
import dev.caisson.envd.proto.ProcessProto.StartResponse;
import dev.caisson.guest.Errno;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.ProcessInfo;
import dev.caisson.guest.ProcessStream;
import dev.caisson.guest.SpawnRequest;
import dev.caisson.node.Node;
import java.io.IOException;
import java.util.List;

/** The calls of {@code process.Process} that stream a process's events: Start and Connect ({@code contract/envd.md} §2.3, §2.4). */
final class ProcessService {
    private final Node node;
    private final CommandDeadlines deadlines;
    private final ProcessLog log;

    ProcessService(Node node, CommandDeadlines deadlines) {
        this.node = node;
        this.deadlines = deadlines;
        this.log = new ProcessLog(node);
    }

    List<ConnectMethod<Caller>> methods() {
        return List.of(
                new ServerStream<>("/process.Process/Start", StartRequest.getDefaultInstance(), this::start),
                new ServerStream<>("/process.Process/Connect", ConnectRequest.getDefaultInstance(), this::connect));
    }

    /** The process outlives the call, unless the call's deadline passes first: then it is killed, client or not. */
    private void start(Call<Caller> call, StartRequest request, Responses<StartResponse> responses) throws IOException {
        var spawn = ProcessMessages.spawn(request, call.caller().user());
        try (var stream = spawn(call.caller(), spawn)) {
            var sandbox = call.caller().sandbox();
            var pid = stream.pid();
            log.started(sandbox, pid, spawn, call.deadline());
            var kill = new DeadlineKill(
                    node, sandbox.id(), new ProcessInfo(pid, spawn), () -> log.killedAtDeadline(sandbox, pid));
            var alarm = deadlines.at(sandbox.id(), call.deadline(), kill::start);
            kill.whenDone(alarm::close);
            var watch = new ProcessWatch(log, sandbox, pid, true);
            relay(call, stream, event -> responses.send(StartResponse.newBuilder().setEvent(event).build()), watch, kill);
            alarm.close();
        }
    }

    private void connect(Call<Caller> call, ConnectRequest request, Responses<ConnectResponse> responses)
            throws IOException {
        call.caller().requireKnownUser();
        var selector = ProcessMessages.selector(request.getProcess());
        try (var stream = ProcessFailures.about(selector, () -> call.caller().agent().attach(selector, -1))) {
            var watch = new ProcessWatch(log, call.caller().sandbox(), stream.pid(), false);
            relay(call, stream, event -> responses.send(ConnectResponse.newBuilder().setEvent(event).build()), watch, () -> {});
        }
    }

    private static void relay(
            Call<Caller> call,
            ProcessStream stream,
            Responses<dev.caisson.envd.proto.ProcessProto.ProcessEvent> responses,
            ProcessWatch watch,
            Runnable atDeadline)
            throws IOException {
        call.exchange().onAbort(stream::close);
        responses.send(ProcessMessages.started(stream.pid()));
        new ProcessRelay(stream, responses, watch, atDeadline).run(call);
    }

    private ProcessStream spawn(Caller caller, SpawnRequest request) {
        try {
            return caller.agent().spawn(request);
        } catch (GuestException e) {
            log.failedToStart(caller.sandbox(), request, e);
            if (e.category() == Category.INVALID && e.errno() == Errno.ENOENT) {
                var folder = new GuestPaths(caller.agent(), request.user()).resolve(request.folder().orElse(""));
                throw new ConnectFailure(ConnectCode.INVALID_ARGUMENT, "cwd '" + folder + "' does not exist", e);
            }
            throw e;
        }
    }
}
