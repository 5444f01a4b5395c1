package dev.caisson.bench;

import dev.caisson.app.client.RemoteSandbox;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A small service inside a sandbox, and requests to it over a socket: {@code GET /n} answers n bytes. */
final class PortService {
    static final int EVERYWHERE = 8000;
    static final int LOOPBACK = 8001;

    private static final String SCRIPT = """
            import socket, sys
            listener = socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=64)
            block = bytes(1 << 20)
            while True:
                connection, _ = listener.accept()
                head = b""
                while not head.endswith(b"\\r\\n\\r\\n"):
                    head += connection.recv(65536)
                left = int(head.split(b" ")[1][1:])
                out = b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % left
                small = min(left, 1024)
                connection.sendall(out + block[:small])
                left -= small
                while left:
                    left -= connection.send(block[:min(left, len(block))])
                connection.close()
            """;

    private PortService() {}

    static void start(RemoteSandbox sandbox, Runner runner) {
        sandbox.upload("/home/user/service.py", SCRIPT.getBytes(StandardCharsets.UTF_8));
        for (var where : new String[] {"0.0.0.0 " + EVERYWHERE, "127.0.0.1 " + LOOPBACK}) {
            runner.run("/bin/sh", "-c", "setsid python3 /home/user/service.py " + where + " </dev/null >/dev/null 2>&1 &");
        }
    }

    /** Runs a command in the sandbox to its end. */
    interface Runner {
        void run(String... command);
    }

    /** One request on a connection; returns when its whole answer has come. */
    static void ask(Socket socket, String host, int bytes) throws IOException {
        socket.getOutputStream().write(("GET /" + bytes + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        var in = new BufferedInputStream(socket.getInputStream());
        var head = head(in);
        if (!head.startsWith("HTTP/1.1 200")) {
            throw new IOException("the service answered: " + head);
        }
        var buffer = new byte[64 * 1024];
        for (int left = bytes; left > 0; ) {
            int n = in.read(buffer, 0, Math.min(left, buffer.length));
            if (n < 0) {
                throw new EOFException("the answer was cut");
            }
            left -= n;
        }
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
