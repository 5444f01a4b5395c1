package dev.caisson.envd;

import dev.caisson.envd.connect.Call;
import dev.caisson.envd.connect.ConnectCode;
import dev.caisson.envd.connect.ConnectFailure;
import dev.caisson.envd.connect.ConnectMethod;
import dev.caisson.envd.connect.ConnectMethod.ClientStream;
import dev.caisson.envd.connect.ConnectMethod.Requests;
import dev.caisson.envd.connect.ConnectMethod.Unary;
import dev.caisson.envd.proto.ProcessProto;
import dev.caisson.envd.proto.ProcessProto.CloseStdinRequest;
import dev.caisson.envd.proto.ProcessProto.CloseStdinResponse;
import dev.caisson.envd.proto.ProcessProto.ListRequest;
import dev.caisson.envd.proto.ProcessProto.ListResponse;
import dev.caisson.envd.proto.ProcessProto.SendInputRequest;
import dev.caisson.envd.proto.ProcessProto.SendInputResponse;
import dev.caisson.envd.proto.ProcessProto.SendSignalRequest;
import dev.caisson.envd.proto.ProcessProto.SendSignalResponse;
import dev.caisson.envd.proto.ProcessProto.Signal;
import dev.caisson.envd.proto.ProcessProto.StreamInputRequest;
import dev.caisson.envd.proto.ProcessProto.StreamInputResponse;
import dev.caisson.envd.proto.ProcessProto.UpdateRequest;
import dev.caisson.envd.proto.ProcessProto.UpdateResponse;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.InputKind;
import dev.caisson.guest.ProcessInfo;
import dev.caisson.guest.ProcessSelector;
import dev.caisson.guest.ProcessSelector.ByPid;
import dev.caisson.guest.ProcessSelector.ByTag;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The calls of {@code process.Process} that list and steer processes ({@code contract/envd.md} §2.5). Any caller may steer any of them. */
final class ProcessControl {

    List<ConnectMethod<Caller>> methods() {
        return List.of(
                new Unary<>("/process.Process/List", ListRequest.getDefaultInstance(), this::list),
                new Unary<>("/process.Process/SendSignal", SendSignalRequest.getDefaultInstance(), this::sendSignal),
                new Unary<>("/process.Process/SendInput", SendInputRequest.getDefaultInstance(), this::sendInput),
                new ClientStream<>(
                        "/process.Process/StreamInput", StreamInputRequest.getDefaultInstance(), this::streamInput),
                new Unary<>("/process.Process/CloseStdin", CloseStdinRequest.getDefaultInstance(), this::closeStdin),
                new Unary<>("/process.Process/Update", UpdateRequest.getDefaultInstance(), this::update));
    }

    private ListResponse list(Call<Caller> call, ListRequest request) {
        var list = ListResponse.newBuilder();
        agent(call).processes().stream().map(ProcessMessages::info).forEach(list::addProcesses);
        return list.build();
    }

    private SendSignalResponse sendSignal(Call<Caller> call, SendSignalRequest request) {
        var agent = agent(call);
        var selector = ProcessMessages.selector(request.getProcess());
        var signal = request.getSignal();
        if (signal != Signal.SIGNAL_SIGKILL && signal != Signal.SIGNAL_SIGTERM) {
            throw new ConnectFailure(
                    ConnectCode.UNIMPLEMENTED, "signals other than SIGNAL_SIGKILL and SIGNAL_SIGTERM cannot be sent");
        }
        return ProcessFailures.about(selector, () -> {
            agent.signal(selector, signal.getNumber());
            return SendSignalResponse.getDefaultInstance();
        });
    }

    private SendInputResponse sendInput(Call<Caller> call, SendInputRequest request) {
        write(agent(call), ProcessMessages.selector(request.getProcess()), request.getInput());
        return SendInputResponse.getDefaultInstance();
    }

    /** Each message is passed on as it comes; the body may stay open for as long as somebody types. */
    private StreamInputResponse streamInput(Call<Caller> call, Requests<StreamInputRequest> requests) throws IOException {
        var agent = agent(call);
        Optional<ProcessSelector> target = Optional.empty();
        for (var request = requests.next(); request.isPresent(); request = requests.next()) {
            switch (request.get().getEventCase()) {
                case START -> target = Optional.of(
                        running(agent, ProcessMessages.selector(request.get().getStart().getProcess())));
                case DATA -> write(agent, target.orElseThrow(ProcessControl::noTarget), request.get().getData().getInput());
                case KEEPALIVE -> {}
                case EVENT_NOT_SET -> throw new ConnectFailure(
                        ConnectCode.UNIMPLEMENTED, "a message of the stream is neither start, data nor keepalive");
            }
        }
        return StreamInputResponse.getDefaultInstance();
    }

    private CloseStdinResponse closeStdin(Call<Caller> call, CloseStdinRequest request) {
        var agent = agent(call);
        var selector = ProcessMessages.selector(request.getProcess());
        return ProcessFailures.about(selector, () -> {
            agent.closeInput(selector);
            return CloseStdinResponse.getDefaultInstance();
        });
    }

    private UpdateResponse update(Call<Caller> call, UpdateRequest request) {
        var agent = agent(call);
        var selector = ProcessMessages.selector(request.getProcess());
        if (!request.hasPty()) {
            running(agent, selector);
            return UpdateResponse.getDefaultInstance();
        }
        var size = ProcessMessages.size(request.getPty());
        return ProcessFailures.about(selector, () -> {
            agent.resize(selector, size.columns(), size.rows());
            return UpdateResponse.getDefaultInstance();
        });
    }

    private static void write(GuestAgent agent, ProcessSelector selector, ProcessProto.ProcessInput input) {
        var kind = switch (input.getInputCase()) {
            case STDIN -> InputKind.STDIN;
            case PTY -> InputKind.PTY;
            case INPUT_NOT_SET -> throw new ConnectFailure(
                    ConnectCode.UNIMPLEMENTED, "the input is neither for stdin nor for a pty");
        };
        var data = kind == InputKind.STDIN ? input.getStdin() : input.getPty();
        ProcessFailures.about(selector, () -> {
            agent.writeInput(selector, kind, data.toByteArray());
            return kind;
        });
    }

    private static ProcessSelector running(GuestAgent agent, ProcessSelector selector) {
        if (agent.processes().stream().noneMatch(process -> selects(selector, process))) {
            throw ProcessFailures.notFound(selector);
        }
        return selector;
    }

    private static boolean selects(ProcessSelector selector, ProcessInfo process) {
        return switch (selector) {
            case ByPid(int pid) -> process.pid() == pid;
            case ByTag(String tag) -> process.request().tag().equals(Optional.of(tag));
        };
    }

    private static ConnectFailure noTarget() {
        return new ConnectFailure(ConnectCode.INVALID_ARGUMENT, "data came before a start message had named the process");
    }

    private static GuestAgent agent(Call<Caller> call) {
        call.caller().requireKnownUser();
        return call.caller().agent();
    }
}
