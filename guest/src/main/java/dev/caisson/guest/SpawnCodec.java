package dev.caisson.guest;

import java.util.Optional;

/** The {@code spawn} and {@code selector} payloads ({@code guest-agent/PROTOCOL.md} §5). */
final class SpawnCodec {
    private SpawnCodec() {}

    /** No resource limits are set: those of the agent hold. */
    static PayloadWriter write(SpawnRequest request) {
        return new PayloadWriter()
                .str(request.command())
                .list(request.arguments())
                .map(request.environment())
                .optional(request.folder(), PayloadWriter::str)
                .str(request.user())
                .optional(request.tag(), PayloadWriter::str)
                .bool(request.input())
                .optional(request.pty(), (out, size) -> out.u16(size.columns()).u16(size.rows()))
                .u32(0);
    }

    static SpawnRequest read(PayloadReader in) throws MalformedException {
        return new SpawnRequest(
                in.str(),
                in.list(PayloadReader::str),
                in.map(),
                in.optional(PayloadReader::str),
                in.str(),
                in.optional(PayloadReader::str),
                in.bool(),
                size(in));
    }

    static PayloadWriter write(ProcessSelector selector) {
        return switch (selector) {
            case ProcessSelector.ByPid(int pid) -> new PayloadWriter().u8(0).u32(pid);
            case ProcessSelector.ByTag(String tag) -> new PayloadWriter().u8(1).str(tag);
        };
    }

    /** How a selector reads in a message. */
    static String name(ProcessSelector selector) {
        return switch (selector) {
            case ProcessSelector.ByPid(int pid) -> "process " + pid;
            case ProcessSelector.ByTag(String tag) -> "process '" + tag + "'";
        };
    }

    private static Optional<PtySize> size(PayloadReader in) throws MalformedException {
        return in.optional(from -> new PtySize(from.u16(), from.u16()));
    }
}
