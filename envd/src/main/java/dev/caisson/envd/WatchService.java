package dev.caisson.envd;

import dev.caisson.envd.connect.Call;
import dev.caisson.envd.connect.ConnectCode;
import dev.caisson.envd.connect.ConnectFailure;
import dev.caisson.envd.connect.ConnectMethod;
import dev.caisson.envd.connect.ConnectMethod.Responses;
import dev.caisson.envd.connect.ConnectMethod.ServerStream;
import dev.caisson.envd.connect.ConnectMethod.Unary;
import dev.caisson.envd.proto.FilesystemProto.CreateWatcherRequest;
import dev.caisson.envd.proto.FilesystemProto.CreateWatcherResponse;
import dev.caisson.envd.proto.FilesystemProto.GetWatcherEventsRequest;
import dev.caisson.envd.proto.FilesystemProto.GetWatcherEventsResponse;
import dev.caisson.envd.proto.FilesystemProto.RemoveWatcherRequest;
import dev.caisson.envd.proto.FilesystemProto.RemoveWatcherResponse;
import dev.caisson.envd.proto.FilesystemProto.WatchDirRequest;
import dev.caisson.envd.proto.FilesystemProto.WatchDirResponse;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.WatchEvent;
import dev.caisson.guest.WatchRequest;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** The calls of {@code filesystem.Filesystem} that watch folders, by stream or by asking ({@code contract/envd.md} §5.4). */
final class WatchService {

    List<ConnectMethod<Caller>> methods() {
        return List.of(
                new ServerStream<>("/filesystem.Filesystem/WatchDir", WatchDirRequest.getDefaultInstance(), this::watchDir),
                new Unary<>(
                        "/filesystem.Filesystem/CreateWatcher", CreateWatcherRequest.getDefaultInstance(), this::create),
                new Unary<>(
                        "/filesystem.Filesystem/GetWatcherEvents", GetWatcherEventsRequest.getDefaultInstance(), this::events),
                new Unary<>(
                        "/filesystem.Filesystem/RemoveWatcher", RemoveWatcherRequest.getDefaultInstance(), this::remove));
    }

    private void watchDir(Call<Caller> call, WatchDirRequest request, Responses<WatchDirResponse> responses)
            throws IOException {
        var wanted = new WatchRequest(
                call.caller().user().name(),
                request.getPath(),
                request.getRecursive(),
                request.getIncludeEntry(),
                request.getAllowNetworkMounts());
        try (var watch = FilesystemFailures.folder(() -> call.caller().agent().watch(wanted))) {
            call.exchange().onAbort(watch::close);
            var started = WatchDirResponse.StartEvent.getDefaultInstance();
            responses.send(WatchDirResponse.newBuilder().setStart(started).build());
            new WatchRelay(watch, responses).run(call);
        }
    }

    /** The watcher lives in the guest and outlives the connection. */
    private CreateWatcherResponse create(Call<Caller> call, CreateWatcherRequest request) {
        var wanted = new WatchRequest(
                call.caller().user().name(),
                request.getPath(),
                request.getRecursive(),
                request.getIncludeEntry(),
                request.getAllowNetworkMounts());
        var id = FilesystemFailures.folder(() -> call.caller().agent().createWatcher(wanted));
        return CreateWatcherResponse.newBuilder().setWatcherId(id).build();
    }

    private GetWatcherEventsResponse events(Call<Caller> call, GetWatcherEventsRequest request) {
        var events = watcher(request.getWatcherId(), () -> agent(call).watcherEvents(request.getWatcherId()));
        if (events.stream().anyMatch(event -> event.kind() == WatchEvent.Kind.OVERFLOW)) {
            throw WatchRelay.overflow();
        }
        var response = GetWatcherEventsResponse.newBuilder();
        events.stream().map(EntryMessages::event).forEach(response::addEvents);
        return response.build();
    }

    private RemoveWatcherResponse remove(Call<Caller> call, RemoveWatcherRequest request) {
        return watcher(request.getWatcherId(), () -> {
            agent(call).removeWatcher(request.getWatcherId());
            return RemoveWatcherResponse.getDefaultInstance();
        });
    }

    private static <T> T watcher(String id, Supplier<T> work) {
        try {
            return work.get();
        } catch (GuestException e) {
            throw switch (e.category()) {
                case NOT_FOUND -> new ConnectFailure(ConnectCode.NOT_FOUND, "watcher with id " + id + " not found", e);
                default -> e;
            };
        }
    }

    private static GuestAgent agent(Call<Caller> call) {
        call.caller().requireKnownUser();
        return call.caller().agent();
    }
}
