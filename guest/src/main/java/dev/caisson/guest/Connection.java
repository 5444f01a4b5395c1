package dev.caisson.guest;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One TCP connection of the link. Nothing that it receives is handed out before the agent has proved that it knows the key.
 * Used by one thread at a time, but closed by any: then what blocks on it fails at once.
 */
final class Connection implements AutoCloseable {
    /** A request this small always fits into the socket's send buffer, so that writing it cannot block. */
    private static final int NEVER_BLOCKS = 4096;

    private final Socket socket;
    private final Duration stall;
    private final Consumer<Connection> closed;
    private final FrameReader reader = new FrameReader(this::receive);
    private Optional<Handshake> handshake = Optional.empty();
    private boolean authSent;
    private boolean proved;
    private boolean answered;
    private boolean settled;
    private int readTimeout;

    private Connection(Socket socket, Duration stall, Consumer<Connection> closed) {
        this.socket = socket;
        this.stall = stall;
        this.closed = closed;
    }

    /**
     * Connects and reads the agent's HELLO; the answer to it goes out with the first request.
     *
     * @param opened told of the connection before anything blocks on it
     */
    static Connection open(
            InetSocketAddress address,
            byte[] key,
            Duration stall,
            Deadline deadline,
            Consumer<Connection> opened,
            Consumer<Connection> closed)
            throws IOException {
        var connection = new Connection(new Socket(), stall, closed);
        try {
            opened.accept(connection);
            connection.connect(address, key, deadline);
            return connection;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void connect(InetSocketAddress address, byte[] key, Deadline deadline) throws IOException {
        socket.setTcpNoDelay(true);
        socket.connect(address, deadline.millisLeft());
        handshake = Optional.of(Handshake.answer(key, reader.message(deadline)));
    }

    /** Completes the handshake, without a request if that was not done yet, and says who answered. */
    AgentInfo prove(Deadline deadline) throws IOException {
        if (!proved) {
            send(new byte[0]);
            welcome(deadline);
            settled = true;
        }
        return handshake.orElseThrow().agent();
    }

    /** Sends a request, after the answer to HELLO if that is still owed. */
    void send(Message request) throws IOException {
        var encoded = new ByteArrayOutputStream(Message.HEADER + request.payload().length);
        request.encode(encoded);
        send(encoded.toByteArray());
    }

    /** Sends whole frames, after the answer to HELLO if that is still owed. */
    void send(byte[] frames) throws IOException {
        answered = false;
        settled = false;
        var out = authSent ? frames : afterAuth(frames);
        authSent = true;
        if (out.length <= NEVER_BLOCKS) {
            socket.getOutputStream().write(out);
            return;
        }
        try (var guard = guard()) {
            write(guard, out, 0, out.length);
        }
    }

    /** For a series of {@link #write}. */
    StallGuard guard() {
        return new StallGuard(stall, this::close);
    }

    void write(StallGuard guard, byte[] from, int offset, int length) throws IOException {
        guard.begin();
        try {
            socket.getOutputStream().write(from, offset, length);
        } catch (SocketException e) {
            if (guard.fired()) {
                throw (IOException) new SocketTimeoutException("the guest takes no more data").initCause(e);
            }
            throw e;
        } finally {
            guard.finish();
        }
    }

    /** The next message of the agent. */
    Message message(Deadline deadline) throws IOException {
        welcome(deadline);
        var message = reader.message(deadline);
        answered = true;
        settled = switch (message.type()) {
            case DONE, ERROR, EXITED -> true;
            default -> false;
        };
        return message;
    }

    /** The payload of DONE; an ERROR is thrown as a {@link GuestException}. */
    PayloadReader done(String attempt, Deadline deadline) throws IOException {
        return expect(FrameType.DONE, attempt, deadline);
    }

    /** The payload of the answer of that type; an ERROR is thrown as a {@link GuestException}. */
    PayloadReader expect(FrameType wanted, String attempt, Deadline deadline) throws IOException {
        var answer = message(deadline);
        if (answer.type() == FrameType.ERROR) {
            throw Failures.refusal(attempt, answer);
        }
        if (answer.type() != wanted) {
            throw Failures.unexpected(answer.type());
        }
        return answer.reader();
    }

    /** Whether any answer came to the last request. */
    boolean answered() {
        return answered;
    }

    /** Whether the last request was answered completely, so that another one may follow. */
    boolean ready() {
        return settled && !reader.hasBuffered() && !socket.isClosed();
    }

    /** The type of the next frame, whose content {@link #body} gives. */
    FrameType frameType(Deadline deadline) throws IOException {
        welcome(deadline);
        var type = reader.frameType(deadline);
        answered = true;
        return type;
    }

    /** See {@link FrameReader#body}. */
    int body(byte[] into, int offset, int length, Deadline deadline) throws IOException {
        return reader.body(into, offset, length, deadline);
    }

    /** Whether the agent has sent something that was not read yet. Never blocks. */
    boolean hasInput() throws IOException {
        return reader.hasBuffered() || socket.getInputStream().available() > 0;
    }

    /** Gives the connection up to a stream of bytes that are not frames. */
    GuestStream unframed() throws IOException {
        socket.setSoTimeout(0);
        return new LinkStream(this, socket, reader);
    }

    /** Closes without delivering what is under way. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            // Closed already: nothing is under way any more.
        } finally {
            close();
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            closed.accept(this);
        }
    }

    private byte[] afterAuth(byte[] frames) {
        var together = new ByteArrayOutputStream(frames.length + 128);
        handshake.orElseThrow().auth().encode(together);
        together.writeBytes(frames);
        return together.toByteArray();
    }

    private void welcome(Deadline deadline) throws IOException {
        if (proved) {
            return;
        }
        try {
            handshake.orElseThrow().check(reader.message(deadline));
            proved = true;
        } catch (EOFException | SocketException e) {
            throw new RefusedException(
                    "the agent closed the connection in place of proving that it knows the key of this link: "
                            + "it has another key, or the guest is ending", e);
        }
    }

    private int receive(byte[] into, int offset, int length, Deadline deadline) throws IOException {
        var timeout = deadline.millisLeft();
        if (timeout != readTimeout) {
            socket.setSoTimeout(timeout);
            readTimeout = timeout;
        }
        return socket.getInputStream().read(into, offset, length);
    }
}
