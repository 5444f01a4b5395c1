package dev.caisson.envd;

import dev.caisson.envd.connect.ConnectMethod.Responses;
import dev.caisson.envd.proto.ProcessProto;
import dev.caisson.guest.ProcessEvent;
import dev.caisson.guest.ProcessStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A process's events on their way to one client. */
final class ProcessRelay extends EventRelay<ProcessEvent> {
    private final ProcessStream stream;
    private final Responses<ProcessProto.ProcessEvent> responses;
    private final ProcessWatch watch;
    private final Runnable atDeadline;

    ProcessRelay(
            ProcessStream stream, Responses<ProcessProto.ProcessEvent> responses, ProcessWatch watch, Runnable atDeadline) {
        this.stream = stream;
        this.responses = responses;
        this.watch = watch;
        this.atDeadline = atDeadline;
    }

    @Override
    Optional<ProcessEvent> next(Duration patience) {
        var event = stream.next(patience);
        event.ifPresent(watch::saw);
        return event;
    }

    @Override
    boolean send(ProcessEvent event) throws IOException {
        responses.send(ProcessMessages.event(event));
        return !(event instanceof ProcessEvent.Exited);
    }

    @Override
    void sendKeepalive() throws IOException {
        responses.send(ProcessMessages.keepalive());
    }

    @Override
    void deadlinePassed() {
        atDeadline.run();
    }
}
