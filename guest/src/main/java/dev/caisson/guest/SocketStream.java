package dev.caisson.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.function.Consumer;

/** A connection to a port of the guest without the agent in between. Idle by nature: reads have no time limit. */
final class SocketStream implements GuestStream {
    private final Socket socket;
    private final InputStream input;
    private final OutputStream output;
    private final Consumer<SocketStream> closed;
    private volatile boolean outputShut;

    private SocketStream(Socket socket, Consumer<SocketStream> closed) throws IOException {
        this.socket = socket;
        this.input = socket.getInputStream();
        this.output = socket.getOutputStream();
        this.closed = closed;
    }

    /** @param closed is told, once or more often, when the stream is closed */
    static SocketStream connect(InetSocketAddress address, Deadline deadline, Consumer<SocketStream> closed) throws IOException {
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, deadline.millisLeft());
            return new SocketStream(socket, closed);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return output;
    }

    @Override
    public void shutdownOutput() throws IOException {
        outputShut = true;
        socket.shutdownOutput();
    }

    /** A stream whose output was ended in good order is not reset, so that its last bytes arrive. */
    @Override
    public void close() {
        try {
            if (!outputShut) {
                resetOnClose();
            }
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            closed.accept(this);
        }
    }

    private void resetOnClose() throws IOException {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            if (!socket.isClosed()) {
                throw e;
            }
        }
    }
}
