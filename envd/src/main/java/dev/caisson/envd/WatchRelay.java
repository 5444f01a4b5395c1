package dev.caisson.envd;

import dev.caisson.envd.connect.ConnectCode;
import dev.caisson.envd.connect.ConnectFailure;
import dev.caisson.envd.connect.ConnectMethod.Responses;
import dev.caisson.envd.proto.FilesystemProto.WatchDirResponse;
import dev.caisson.guest.Watch;
import dev.caisson.guest.WatchEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A folder's events on their way to one client; they have no last one. */
final class WatchRelay extends EventRelay<WatchEvent> {
    private final Watch watch;
    private final Responses<WatchDirResponse> responses;

    WatchRelay(Watch watch, Responses<WatchDirResponse> responses) {
        this.watch = watch;
        this.responses = responses;
    }

    @Override
    Optional<WatchEvent> next(Duration patience) {
        return watch.next(patience);
    }

    @Override
    boolean send(WatchEvent event) throws IOException {
        if (event.kind() == WatchEvent.Kind.OVERFLOW) {
            throw overflow();
        }
        responses.send(WatchDirResponse.newBuilder().setFilesystem(EntryMessages.event(event)).build());
        return true;
    }

    @Override
    void sendKeepalive() throws IOException {
        var keepalive = WatchDirResponse.KeepAlive.getDefaultInstance();
        responses.send(WatchDirResponse.newBuilder().setKeepalive(keepalive).build());
    }

    static ConnectFailure overflow() {
        return new ConnectFailure(
                ConnectCode.INTERNAL, "more happened in the watched folder than was read in time, and events were lost");
    }
}
