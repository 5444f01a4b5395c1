package dev.caisson.guest;

import dev.caisson.guest.WatchEvent.Kind;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;

/** EVENT frames of one connection. */
final class LinkWatch implements Watch {
    private final Connection connection;
    private final String attempt;

    LinkWatch(Connection connection, String attempt) {
        this.connection = connection;
        this.attempt = attempt;
    }

    @Override
    public Optional<WatchEvent> next(Duration patience) {
        try {
            var message = connection.message(Deadline.after(patience));
            if (message.type() != FrameType.EVENT) {
                throw Failures.unexpected(message.type());
            }
            return Optional.of(event(message.reader()));
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        } catch (IOException e) {
            connection.close();
            throw Failures.of(attempt, e);
        }
    }

    @Override
    public void close() {
        connection.close();
    }

    static WatchEvent event(PayloadReader in) throws MalformedException {
        var name = in.str();
        var kind = kind(in.u8());
        in.i32(); // the cookie: callers do not join the two halves of a rename
        return new WatchEvent(name, kind, in.optional(EntryCodec::read));
    }

    private static Kind kind(int code) throws MalformedException {
        return switch (code) {
            case 1 -> Kind.CREATE;
            case 2 -> Kind.WRITE;
            case 3 -> Kind.REMOVE;
            case 4 -> Kind.RENAME;
            case 5 -> Kind.CHMOD;
            case 6 -> Kind.OVERFLOW;
            default -> throw new MalformedException("an event of the unknown kind " + code);
        };
    }
}
