package dev.caisson.guest;

import dev.caisson.guest.FileEntry.FileType;

/** The {@code entry} payload ({@code guest-agent/PROTOCOL.md} §6). */
final class EntryCodec {
    private EntryCodec() {}

    static FileEntry read(PayloadReader from) throws MalformedException {
        var in = from.part();
        var name = in.str();
        var path = in.str();
        var type = type(in.u8());
        var link = in.bool();
        var mode = in.u16();
        var rawMode = in.i32();
        var size = in.u63();
        var owner = in.str();
        var group = in.str();
        in.i32(); // uid and gid: names are what callers need
        in.i32();
        return new FileEntry(
                name, path, type, link, mode, rawMode, size, owner, group, in.time(), in.optional(PayloadReader::str), in.map());
    }

    private static FileType type(int code) throws MalformedException {
        return switch (code) {
            case 0 -> FileType.OTHER;
            case 1 -> FileType.FILE;
            case 2 -> FileType.FOLDER;
            default -> throw new MalformedException("an entry of the unknown type " + code);
        };
    }
}
