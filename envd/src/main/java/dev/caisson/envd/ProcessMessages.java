package dev.caisson.envd;

import com.google.protobuf.ByteString;
import dev.caisson.envd.connect.ConnectCode;
import dev.caisson.envd.connect.ConnectFailure;
import dev.caisson.envd.proto.ProcessProto;
import dev.caisson.guest.ProcessInfo;
import dev.caisson.guest.ProcessSelector;
import dev.caisson.guest.ProcessSelector.ByPid;
import dev.caisson.guest.ProcessSelector.ByTag;
import dev.caisson.guest.PtySize;
import dev.caisson.guest.SpawnRequest;
import java.util.Optional;

/** Between the messages of {@code process.proto} and the link's own types. */
final class ProcessMessages {
    private static final int UNSIGNED_SHORT = 0xffff;
    private static final PtySize USUAL_SIZE = new PtySize(80, 24);

    private ProcessMessages() {}

    static SpawnRequest spawn(ProcessProto.StartRequest request, RequestUser user) {
        var config = request.getProcess();
        return new SpawnRequest(
                config.getCmd(),
                config.getArgsList(),
                config.getEnvsMap(),
                config.hasCwd() && !config.getCwd().isEmpty() ? Optional.of(config.getCwd()) : Optional.empty(),
                user.name(),
                request.hasTag() ? Optional.of(request.getTag()) : Optional.empty(),
                !request.hasStdin() || request.getStdin(),
                request.hasPty() ? Optional.of(size(request.getPty())) : Optional.empty());
    }

    /** Numbers are cut to 16 bits; a terminal without a size gets the usual one. */
    static PtySize size(ProcessProto.PTY pty) {
        var columns = pty.getSize().getCols() & UNSIGNED_SHORT;
        var rows = pty.getSize().getRows() & UNSIGNED_SHORT;
        return new PtySize(columns == 0 ? USUAL_SIZE.columns() : columns, rows == 0 ? USUAL_SIZE.rows() : rows);
    }

    /** @throws ConnectFailure {@code unimplemented} if it selects nothing */
    static ProcessSelector selector(ProcessProto.ProcessSelector selector) {
        return switch (selector.getSelectorCase()) {
            case PID -> new ByPid(selector.getPid());
            case TAG -> new ByTag(selector.getTag());
            case SELECTOR_NOT_SET -> throw new ConnectFailure(
                    ConnectCode.UNIMPLEMENTED, "the selector names neither a pid nor a tag");
        };
    }

    /** {@code process with pid 7}. */
    static String name(ProcessSelector selector) {
        return switch (selector) {
            case ByPid(int pid) -> "process with pid " + Integer.toUnsignedString(pid);
            case ByTag(String tag) -> "process with tag " + tag;
        };
    }

    static ProcessProto.ProcessInfo info(ProcessInfo process) {
        var request = process.request();
        var config = ProcessProto.ProcessConfig.newBuilder()
                .setCmd(request.command())
                .addAllArgs(request.arguments())
                .putAllEnvs(request.environment());
        request.folder().ifPresent(config::setCwd);
        var info = ProcessProto.ProcessInfo.newBuilder().setConfig(config).setPid(process.pid());
        request.tag().ifPresent(info::setTag);
        return info.build();
    }

    static ProcessProto.ProcessEvent started(int pid) {
        var start = ProcessProto.ProcessEvent.StartEvent.newBuilder().setPid(pid);
        return ProcessProto.ProcessEvent.newBuilder().setStart(start).build();
    }

    static ProcessProto.ProcessEvent keepalive() {
        var keepalive = ProcessProto.ProcessEvent.KeepAlive.getDefaultInstance();
        return ProcessProto.ProcessEvent.newBuilder().setKeepalive(keepalive).build();
    }

    static ProcessProto.ProcessEvent event(dev.caisson.guest.ProcessEvent event) {
        var message = ProcessProto.ProcessEvent.newBuilder();
        return switch (event) {
            case dev.caisson.guest.ProcessEvent.Output output -> message.setData(data(output)).build();
            case dev.caisson.guest.ProcessEvent.Exited exited -> message.setEnd(ExitText.end(exited)).build();
        };
    }

    private static ProcessProto.ProcessEvent.DataEvent data(dev.caisson.guest.ProcessEvent.Output output) {
        var bytes = ByteString.copyFrom(output.data());
        var data = ProcessProto.ProcessEvent.DataEvent.newBuilder();
        return switch (output.source()) {
            case STDOUT -> data.setStdout(bytes).build();
            case STDERR -> data.setStderr(bytes).build();
            case PTY -> data.setPty(bytes).build();
        };
    }
}
