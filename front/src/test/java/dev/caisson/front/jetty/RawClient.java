package dev.caisson.front.jetty;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** One connection, spoken byte by byte, so that a test sees exactly what is on the wire. */
public final class RawClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Socket tcp;
    private final Socket socket;
    private final InputStream in;

    private RawClient(Socket tcp, Socket socket) throws IOException {
        this.tcp = tcp;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    public static RawClient connect(InetSocketAddress address) throws IOException {
        var tcp = tcp(address);
        return new RawClient(tcp, tcp);
    }

    /** Over TLS. */
    public static RawClient connect(InetSocketAddress address, SSLContext trust, String... protocols) throws IOException {
        var tcp = tcp(address);
        var socket = (SSLSocket) trust.getSocketFactory().createSocket(tcp, "server.e2b.localhost", address.getPort(), true);
        var parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new RawClient(tcp, socket);
    }

    private static Socket tcp(InetSocketAddress address) throws IOException {
        var socket = new Socket();
        socket.connect(address);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    /** What was agreed on in the handshake; empty without TLS, or where the client offered nothing. */
    public String protocol() {
        return socket instanceof SSLSocket tls ? tls.getApplicationProtocol() : "";
    }

    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends a request without a body. */
    public RawClient get(String target, String... headers) throws IOException {
        return request("GET", target, "", headers);
    }

    /** Sends a request; {@code Content-Length} is added if there is a body. */
    public RawClient request(String method, String target, String body, String... headers) throws IOException {
        var text = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        var all = List.of(headers);
        if (all.stream().noneMatch(header -> header.regionMatches(true, 0, "host:", 0, 5))) {
            text.append("Host: localhost\r\n");
        }
        all.forEach(header -> text.append(header).append("\r\n"));
        if (!body.isEmpty()) {
            text.append("Content-Length: ").append(body.getBytes(StandardCharsets.UTF_8).length).append("\r\n");
        }
        return send(text + "\r\n" + body);
    }

    /** Status line, headers and, if {@code hasBody}, the whole body. */
    public Answer answer() throws IOException {
        var head = head();
        return new Answer(head.status, head.headers, head.status < 200 || head.status == 204 || head.status == 304 ? "" : body(head), trailers);
    }

    private boolean insideChunk;
    private List<String> trailers = new ArrayList<>();

    /** Only the head; the body follows on {@link #chunk} or {@link #read}. */
    public Answer head() throws IOException {
        var status = line();
        var headers = lines();
        return new Answer(Integer.parseInt(status.substring(9, 12)), headers, "", List.of());
    }

    private String body(Answer head) throws IOException {
        trailers = new ArrayList<>();
        if (head.header("Transfer-Encoding").isPresent()) {
            var body = new ByteArrayOutputStream();
            for (var chunk = chunk(); chunk.length > 0; chunk = chunk()) {
                body.writeBytes(chunk);
            }
            return body.toString(StandardCharsets.UTF_8);
        }
        var length = head.header("Content-Length");
        var bytes = length.isPresent() ? in.readNBytes(Integer.parseInt(length.get())) : in.readAllBytes();
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The next chunk; empty at the end, whose trailers were read too. Jetty sends a chunk's line end with the next one. */
    public byte[] chunk() throws IOException {
        if (insideChunk && !line().isEmpty()) {
            throw new EOFException("the chunk is longer than it said");
        }
        int size = Integer.parseInt(line(), 16);
        insideChunk = size > 0;
        if (size == 0) {
            trailers = lines();
            return new byte[0];
        }
        var bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("the chunk is cut");
        }
        return bytes;
    }

    /** Those behind the last chunked body. */
    public List<String> trailers() {
        return trailers;
    }

    private List<String> lines() throws IOException {
        var lines = new ArrayList<String>();
        for (var line = line(); !line.isEmpty(); line = line()) {
            lines.add(line);
        }
        return lines;
    }

    public String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended after '" + line.toString(StandardCharsets.UTF_8) + "'");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8).replace("\r", "");
    }

    public int read() throws IOException {
        return in.read();
    }

    public byte[] read(int length) throws IOException {
        return in.readNBytes(length);
    }

    /** Says that no more is sent, and goes on reading. */
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Closes with a reset instead of a proper end. */
    public void reset() throws IOException {
        tcp.setOption(StandardSocketOptions.SO_LINGER, 0);
        tcp.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** What came back. */
    public record Answer(int status, List<String> headers, String body, List<String> trailers) {
        public Optional<String> header(String name) {
            return all(name).stream().findFirst();
        }

        public List<String> all(String name) {
            return headers.stream()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .toList();
        }
    }
}
