package dev.caisson.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** A connection that carries plain bytes since the answer to DIAL or ACCEPT. Idle by nature: reads have no time limit. */
final class LinkStream implements GuestStream {
    private final Connection connection;
    private final Socket socket;
    private final InputStream input;
    private final OutputStream output;
    private volatile boolean outputShut;

    LinkStream(Connection connection, Socket socket, FrameReader reader) throws IOException {
        this.connection = connection;
        this.socket = socket;
        this.input = new Input(reader, socket.getInputStream());
        this.output = socket.getOutputStream();
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
        if (outputShut) {
            connection.close();
        } else {
            connection.reset();
        }
    }

    /** First what came together with the answer, then the socket. */
    private static final class Input extends InputStream {
        private final FrameReader reader;
        private final InputStream socket;

        Input(FrameReader reader, InputStream socket) {
            this.reader = reader;
            this.socket = socket;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            var count = reader.leftover(into, offset, length);
            return count > 0 ? count : socket.read(into, offset, length);
        }

        @Override
        public int available() throws IOException {
            return reader.hasBuffered() ? 1 : socket.available();
        }
    }
}
