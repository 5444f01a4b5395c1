package dev.caisson.envd;

import com.google.protobuf.Timestamp;
import dev.caisson.envd.proto.FilesystemProto.EntryInfo;
import dev.caisson.envd.proto.FilesystemProto.EventType;
import dev.caisson.envd.proto.FilesystemProto.FileType;
import dev.caisson.envd.proto.FilesystemProto.FilesystemEvent;
import dev.caisson.guest.FileEntry;
import dev.caisson.guest.WatchEvent;
import java.time.Instant;

/** From the link's types to the messages of {@code filesystem.proto} ({@code contract/envd.md} §5.2, §5.4). */
final class EntryMessages {
    private static final int LOW_NINE_BITS = 0777;

    private EntryMessages() {}

    static EntryInfo entry(FileEntry entry) {
        var message = EntryInfo.newBuilder()
                .setName(entry.name())
                .setType(type(entry.type()))
                .setPath(entry.path())
                .setSize(entry.size())
                .setMode(entry.mode() & LOW_NINE_BITS)
                .setPermissions(Permissions.text(entry.rawMode()))
                .setOwner(entry.owner())
                .setGroup(entry.group())
                .putAllMetadata(entry.metadata())
                .setIsSymlink(entry.link());
        if (!entry.modified().equals(Instant.EPOCH)) {
            message.setModifiedTime(timestamp(entry.modified()));
        }
        entry.target().ifPresent(message::setSymlinkTarget);
        return message.build();
    }

    /** Not for {@code OVERFLOW}, which is no event but the end of a watch. */
    static FilesystemEvent event(WatchEvent event) {
        var message = FilesystemEvent.newBuilder().setName(event.name()).setType(type(event.kind()));
        event.entry().map(EntryMessages::entry).ifPresent(message::setEntry);
        return message.build();
    }

    private static FileType type(FileEntry.FileType type) {
        return switch (type) {
            case FILE -> FileType.FILE_TYPE_FILE;
            case FOLDER -> FileType.FILE_TYPE_DIRECTORY;
            case OTHER -> FileType.FILE_TYPE_UNSPECIFIED;
        };
    }

    private static EventType type(WatchEvent.Kind kind) {
        return switch (kind) {
            case CREATE -> EventType.EVENT_TYPE_CREATE;
            case WRITE -> EventType.EVENT_TYPE_WRITE;
            case REMOVE -> EventType.EVENT_TYPE_REMOVE;
            case RENAME -> EventType.EVENT_TYPE_RENAME;
            case CHMOD -> EventType.EVENT_TYPE_CHMOD;
            case OVERFLOW -> throw new IllegalArgumentException("an overflow is no event");
        };
    }

    private static Timestamp timestamp(Instant moment) {
        return Timestamp.newBuilder().setSeconds(moment.getEpochSecond()).setNanos(moment.getNano()).build();
    }
}
