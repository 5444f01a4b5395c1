package dev.caisson.guest;

import dev.caisson.guest.ProcessEvent.Exited;
import dev.caisson.guest.ProcessEvent.Output;
import dev.caisson.guest.ProcessEvent.Source;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;

/** OUTPUT and EXITED frames of one connection. */
final class LinkProcessStream implements ProcessStream {
    private final Lease lease;
    private final int pid;
    private long offset;
    private boolean exited;

    LinkProcessStream(Lease lease, int pid, long offset) {
        this.lease = lease;
        this.pid = pid;
        this.offset = offset;
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public Optional<ProcessEvent> next(Duration patience) {
        if (exited) {
            return Optional.empty();
        }
        try {
            return Optional.of(event(lease.connection().message(Deadline.after(patience))));
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        } catch (IOException e) {
            lease.close();
            throw Failures.of("reading the output of process " + pid, e);
        }
    }

    @Override
    public void close() {
        lease.close();
    }

    private ProcessEvent event(Message message) throws MalformedException {
        var in = message.reader();
        return switch (message.type()) {
            case OUTPUT -> output(source(in.u8()), in.rest());
            case EXITED -> exited(in);
            default -> throw Failures.unexpected(message.type());
        };
    }

    private Output output(Source source, byte[] data) {
        offset += data.length;
        return new Output(source, data);
    }

    private Exited exited(PayloadReader in) throws MalformedException {
        var exit = new Exited(in.i32(), in.u8(), in.bool());
        exited = true;
        lease.end();
        return exit;
    }

    private static Source source(int code) throws MalformedException {
        return switch (code) {
            case 1 -> Source.STDOUT;
            case 2 -> Source.STDERR;
            case 3 -> Source.PTY;
            default -> throw new MalformedException("output of the unknown kind " + code);
        };
    }
}
