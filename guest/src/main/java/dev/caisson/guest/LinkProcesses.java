package dev.caisson.guest;

import dev.caisson.base.Category;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Operations on processes ({@code guest-agent/PROTOCOL.md} §5). */
final class LinkProcesses {
    /** The agent runs 4096 at most. */
    private static final int MOST = 8192;

    private final Link link;

    LinkProcesses(Link link) {
        this.link = link;
    }

    ProcessStream spawn(SpawnRequest request) {
        return subscribe("starting '" + request.command() + "'", SpawnCodec.write(request).message(FrameType.SPAWN));
    }

    ProcessStream attach(ProcessSelector selector, long offset) {
        var request = SpawnCodec.write(selector).u64(offset).message(FrameType.ATTACH);
        return subscribe("attaching to " + SpawnCodec.name(selector), request);
    }

    List<ProcessInfo> list() {
        var attempt = "listing the guest's processes";
        var deadline = quick();
        return link.run(attempt, deadline, connection -> {
            connection.send(Message.empty(FrameType.PROCESSES));
            var found = new ArrayList<ProcessInfo>();
            var limit = new AnswerLimit(attempt, MOST);
            new Answers(connection, attempt).each(FrameType.PROCESS, deadline, message -> {
                limit.add(1, message.payload().length);
                var in = message.reader();
                found.add(new ProcessInfo(in.u31(), SpawnCodec.read(in)));
            });
            return List.copyOf(found);
        });
    }

    void signal(ProcessSelector selector, int signal) {
        var toProcessOnly = 0;
        var request = SpawnCodec.write(selector).u32(signal).u8(toProcessOnly).message(FrameType.SIGNAL);
        link.call("sending signal " + signal + " to " + SpawnCodec.name(selector), request, quick());
    }

    void writeInput(ProcessSelector selector, InputKind kind, byte[] data) {
        var attempt = "writing " + data.length + " bytes to " + SpawnCodec.name(selector);
        var frames = new ByteArrayOutputStream(data.length + 64);
        var kindOnWire = switch (kind) {
            case STDIN -> 0;
            case PTY -> 1;
        };
        SpawnCodec.write(selector).u8(kindOnWire).message(FrameType.INPUT).encode(frames);
        for (var position = 0; position < data.length; position += Message.LARGEST_FRAME) {
            var length = Math.min(Message.LARGEST_FRAME, data.length - position);
            frames.writeBytes(Message.header(FrameType.DATA, length));
            frames.write(data, position, length);
        }
        Message.empty(FrameType.END).encode(frames);
        // The process may take its time to read.
        var deadline = Deadline.after(link.timeouts().tree());
        link.run(attempt, deadline, connection -> {
            connection.send(frames.toByteArray());
            return connection.done(attempt, deadline);
        });
    }

    void closeInput(ProcessSelector selector) {
        var request = SpawnCodec.write(selector).message(FrameType.CLOSE_INPUT);
        link.call("closing the input of " + SpawnCodec.name(selector), request, quick());
    }

    /** @throws GuestException {@code INVALID} for what no terminal can have */
    void resize(ProcessSelector selector, int columns, int rows) {
        if (columns < 1 || columns > 0xffff || rows < 1 || rows > 0xffff) {
            throw new GuestException(
                    Category.INVALID, "a terminal has 1 to 65535 columns and rows, not %d and %d".formatted(columns, rows));
        }
        var request = SpawnCodec.write(selector).u16(columns).u16(rows).message(FrameType.RESIZE);
        link.call("resizing the terminal of " + SpawnCodec.name(selector), request, quick());
    }

    private ProcessStream subscribe(String attempt, Message request) {
        var deadline = quick();
        return link.take(attempt, deadline, connection -> {
            connection.send(request);
            var started = connection.expect(FrameType.STARTED, attempt, deadline);
            return new LinkProcessStream(new Lease(link, connection), started.u31(), started.u63());
        });
    }

    private Deadline quick() {
        return Deadline.after(link.timeouts().quick());
    }
}
