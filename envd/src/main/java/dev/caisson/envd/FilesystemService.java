package dev.caisson.envd;

import dev.caisson.envd.connect.Call;
import dev.caisson.envd.connect.ConnectCode;
import dev.caisson.envd.connect.ConnectFailure;
import dev.caisson.envd.connect.ConnectMethod;
import dev.caisson.envd.connect.ConnectMethod.Listing;
import dev.caisson.envd.connect.ConnectMethod.Responses;
import dev.caisson.envd.connect.ConnectMethod.Unary;
import dev.caisson.envd.proto.FilesystemProto.EntryInfo;
import dev.caisson.envd.proto.FilesystemProto.ListDirRequest;
import dev.caisson.envd.proto.FilesystemProto.ListDirResponse;
import dev.caisson.envd.proto.FilesystemProto.MakeDirRequest;
import dev.caisson.envd.proto.FilesystemProto.MakeDirResponse;
import dev.caisson.envd.proto.FilesystemProto.MoveRequest;
import dev.caisson.envd.proto.FilesystemProto.MoveResponse;
import dev.caisson.envd.proto.FilesystemProto.RemoveRequest;
import dev.caisson.envd.proto.FilesystemProto.RemoveResponse;
import dev.caisson.envd.proto.FilesystemProto.StatRequest;
import dev.caisson.envd.proto.FilesystemProto.StatResponse;
import dev.caisson.guest.Errno;
import dev.caisson.guest.FileEntry;
import dev.caisson.guest.FileEntry.FileType;
import dev.caisson.guest.GuestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** The calls of {@code filesystem.Filesystem} that are over at once ({@code contract/envd.md} §5.3). */
final class FilesystemService {

    List<ConnectMethod<Caller>> methods() {
        return List.of(
                new Unary<>("/filesystem.Filesystem/Stat", StatRequest.getDefaultInstance(), this::stat),
                new Listing<>(
                        "/filesystem.Filesystem/ListDir",
                        ListDirRequest.getDefaultInstance(),
                        ListDirResponse.getDescriptor().findFieldByNumber(ListDirResponse.ENTRIES_FIELD_NUMBER),
                        this::listDir),
                new Unary<>("/filesystem.Filesystem/MakeDir", MakeDirRequest.getDefaultInstance(), this::makeDir),
                new Unary<>("/filesystem.Filesystem/Move", MoveRequest.getDefaultInstance(), this::move),
                new Unary<>("/filesystem.Filesystem/Remove", RemoveRequest.getDefaultInstance(), this::remove));
    }

    private StatResponse stat(Call<Caller> call, StatRequest request) {
        var entry = FilesystemFailures.stat(() -> call.caller().agent().stat(user(call), request.getPath()));
        return StatResponse.newBuilder().setEntry(EntryMessages.entry(entry)).build();
    }

    /** Each entry goes out as it comes: the list is as long as the guest makes it. */
    private void listDir(Call<Caller> call, ListDirRequest request, Responses<EntryInfo> responses) throws IOException {
        var depth = Math.clamp(Integer.toUnsignedLong(request.getDepth()), 1, Integer.MAX_VALUE);
        try {
            FilesystemFailures.folder(() -> {
                call.caller().agent().list(user(call), request.getPath(), depth, entry -> send(entry, responses));
                return depth;
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void send(FileEntry entry, Responses<EntryInfo> responses) {
        try {
            responses.send(EntryMessages.entry(entry));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MakeDirResponse makeDir(Call<Caller> call, MakeDirRequest request) {
        try {
            var entry = call.caller().agent().makeFolder(user(call), request.getPath());
            return MakeDirResponse.newBuilder().setEntry(EntryMessages.entry(entry)).build();
        } catch (GuestException e) {
            throw obstacle(call, request.getPath(), e);
        }
    }

    private MoveResponse move(Call<Caller> call, MoveRequest request) {
        var entry = FilesystemFailures.stat(
                () -> call.caller().agent().move(user(call), request.getSource(), request.getDestination()));
        return MoveResponse.newBuilder().setEntry(EntryMessages.entry(entry)).build();
    }

    private RemoveResponse remove(Call<Caller> call, RemoveRequest request) {
        return FilesystemFailures.stat(() -> {
            call.caller().agent().remove(user(call), request.getPath());
            return RemoveResponse.getDefaultInstance();
        });
    }

    /** Looks at what is in the way: whether it is the path itself or a parent of it decides about the code. */
    private static ConnectFailure obstacle(Call<Caller> call, String path, GuestException e) {
        if (e.errno() == Errno.EEXIST) {
            return GuestFailures.as(ConnectCode.ALREADY_EXISTS, e);
        }
        if (e.errno() == Errno.ENOTDIR && isOther(call, path)) {
            return GuestFailures.as(ConnectCode.INVALID_ARGUMENT, e, "not a directory: ");
        }
        return FilesystemFailures.usual(e);
    }

    private static boolean isOther(Call<Caller> call, String path) {
        try {
            var entry = call.caller().agent().stat(user(call), path);
            return entry.type() != FileType.FOLDER;
        } catch (GuestException notThere) {
            return false;
        }
    }

    private static String user(Call<Caller> call) {
        return call.caller().user().name();
    }
}
