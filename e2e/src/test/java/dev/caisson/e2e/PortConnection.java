package dev.caisson.e2e;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A connection to the server's port that asks for a port of a sandbox, byte by byte. */
final class PortConnection implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Socket socket;
    private final InputStream in;
    private final String host;

    PortConnection(URI server, String sandbox, int port) throws IOException {
        this.socket = new Socket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        this.in = new BufferedInputStream(socket.getInputStream());
        this.host = port + "-" + sandbox + ".e2b.localhost";
    }

    record Answer(int status, String head, String body) {}

    PortConnection send(String requestLine, String... headers) throws IOException {
        var text = new StringBuilder(requestLine + " HTTP/1.1\r\nHost: " + host + "\r\n");
        for (var header : headers) {
            text.append(header).append("\r\n");
        }
        return raw(text.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    }

    PortConnection raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** A whole answer with a length. */
    Answer answer() throws IOException {
        var head = head();
        var length = head.lines().filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15)).findFirst().orElseThrow();
        return new Answer(status(head), head, new String(read(Integer.parseInt(length.substring(15).strip())), StandardCharsets.UTF_8));
    }

    String head() throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the connection ended after '" + head + "'");
            }
            head.write(b);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    static int status(String head) {
        return Integer.parseInt(head.substring(9, 12));
    }

    byte[] read(int length) throws IOException {
        return in.readNBytes(length);
    }

    int read() throws IOException {
        return in.read();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
