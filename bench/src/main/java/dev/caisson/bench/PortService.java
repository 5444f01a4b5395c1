package dev.caisson.bench;

import dev.caisson.app.client.RemoteSandbox;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A small service inside a sandbox, and requests to it over a socket: {@code GET /n} answers n bytes, {@code POST /n} takes as
 * many. It keeps nothing and looks at nothing.
 */
final class PortService {
    static final int EVERYWHERE = 8000;
    static final int LOOPBACK = 8001;

    /** Returns once it listens, and goes on in a process of its own. */
    private static final String SCRIPT = """
            import os, socket, sys
            listener = socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=64)
            if os.fork():
                sys.exit()
            os.setsid()
            null = os.open(os.devnull, os.O_RDWR)
            for standard in range(3):
                os.dup2(null, standard)
            block = bytearray(1 << 20)

            def serve(connection):
                head = b""
                while b"\\r\\n\\r\\n" not in head:
                    more = connection.recv(65536)
                    if not more:
                        return
                    head += more
                head, _, body = head.partition(b"\\r\\n\\r\\n")
                method, path = head.split(b" ")[:2]
                left = int(path[1:])
                out = b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n"
                if method == b"POST":
                    left -= len(body)
                    while left:
                        left -= connection.recv_into(block, min(left, len(block)))
                    connection.sendall(out % 0)
                    return
                small = min(left, 1024)
                connection.sendall(out % left + block[:small])
                left -= small
                while left:
                    left -= connection.send(memoryview(block)[:min(left, len(block))])

            while True:
                with listener.accept()[0] as connection:
                    serve(connection)
            """;

    private PortService() {}

    static void start(RemoteSandbox sandbox, Runner runner) {
        sandbox.upload("/home/user/service.py", SCRIPT.getBytes(StandardCharsets.UTF_8));
        runner.run("/usr/bin/python3", "/home/user/service.py", "0.0.0.0", Integer.toString(EVERYWHERE));
        runner.run("/usr/bin/python3", "/home/user/service.py", "127.0.0.1", Integer.toString(LOOPBACK));
    }

    /** One request on a connection; returns when its whole answer has come. */
    static void ask(Socket socket, String host, int bytes) throws IOException {
        socket.getOutputStream().write(("GET /" + bytes + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        var in = answer(socket);
        var buffer = new byte[64 * 1024];
        for (int left = bytes; left > 0; ) {
            int n = in.read(buffer, 0, Math.min(left, buffer.length));
            if (n < 0) {
                throw new EOFException("the answer was cut");
            }
            left -= n;
        }
    }

    /** Sends bytes on a connection; returns when the service has them all. */
    static void give(Socket socket, String host, byte[] content) throws IOException {
        socket.getOutputStream().write(("POST /" + content.length + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(content);
        answer(socket);
    }

    /** What follows the head of an answer, which must be 200. */
    private static InputStream answer(Socket socket) throws IOException {
        var in = new BufferedInputStream(socket.getInputStream());
        var head = head(in);
        if (!head.startsWith("HTTP/1.1 200")) {
            throw new IOException("the service answered: " + head);
        }
        return in;
    }

    private static String head(InputStream in) throws IOException {
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
}
