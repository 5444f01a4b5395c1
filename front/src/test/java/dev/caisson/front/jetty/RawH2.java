package dev.caisson.front.jetty;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.hpack.HpackDecoder;
import org.eclipse.jetty.http2.hpack.HpackException;

/** One clear-text HTTP/2 connection, frame by frame, so that a test sends exactly what it means to. */
public final class RawH2 implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int LARGEST_FRAME = 16_384;

    private final Socket socket;
    private final DataInputStream in;
    private final HpackDecoder decoder = new HpackDecoder(256 * 1024, System::nanoTime);
    private final Map<Integer, Received> streams = new HashMap<>();
    private int next = 1;

    /** What came of one stream so far. */
    private static final class Received {
        private final List<RawClient.Answer> heads = new ArrayList<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private List<String> trailers = List.of();
        private boolean ended;
        private long reset = -1;
    }

    private RawH2(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    public static RawH2 connect(InetSocketAddress address) throws IOException {
        var socket = new Socket();
        socket.connect(address);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        var client = new RawH2(socket);
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        // RFC 9113 §6.5.2: 4 is SETTINGS_INITIAL_WINDOW_SIZE.
        client.frame(SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) 4).putInt(Integer.MAX_VALUE).array());
        client.frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE - 65_535).array());
        return client;
    }

    /** Sends a request's head; headers as {@code name: value}, names in lower case. */
    public int request(String method, String target, String authority, boolean end, String... headers) throws IOException {
        var block = new ByteArrayOutputStream();
        literal(block, ":method", method);
        literal(block, ":scheme", "http");
        literal(block, ":path", target);
        literal(block, ":authority", authority);
        fields(block, headers);
        int stream = next;
        next += 2;
        streams.put(stream, new Received());
        headers(stream, block.toByteArray(), end);
        return stream;
    }

    public void data(int stream, byte[] bytes, boolean end) throws IOException {
        for (int sent = 0; sent < bytes.length || sent == 0; ) {
            int n = Math.min(LARGEST_FRAME, bytes.length - sent);
            sent += n;
            frame(DATA, end && sent == bytes.length ? END_STREAM : 0, stream, java.util.Arrays.copyOfRange(bytes, sent - n, sent));
            if (n == 0) {
                return;
            }
        }
    }

    /** Ends the request with trailers. */
    public void trailers(int stream, String... trailers) throws IOException {
        var block = new ByteArrayOutputStream();
        fields(block, trailers);
        headers(stream, block.toByteArray(), true);
    }

    public void reset(int stream) throws IOException {
        frame(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(8).array());
    }

    /** The next head of the stream, preliminary ones included. */
    public RawClient.Answer head(int stream) throws IOException {
        var received = received(stream);
        while (received.heads.isEmpty()) {
            requireOpen(stream, received);
            readFrame();
        }
        return received.heads.removeFirst();
    }

    /** So many bytes of the stream's body. */
    public byte[] read(int stream, int length) throws IOException {
        var received = received(stream);
        while (received.body.size() < length) {
            requireOpen(stream, received);
            readFrame();
        }
        var all = received.body.toByteArray();
        received.body.reset();
        received.body.write(all, length, all.length - length);
        return java.util.Arrays.copyOf(all, length);
    }

    /** The whole answer. */
    public RawClient.Answer answer(int stream) throws IOException {
        var head = head(stream);
        var received = received(stream);
        while (!received.ended) {
            requireOpen(stream, received);
            readFrame();
        }
        return new RawClient.Answer(
                head.status(), head.headers(), received.body.toString(StandardCharsets.UTF_8), received.trailers);
    }

    private static void requireOpen(int stream, Received received) throws IOException {
        if (received.reset >= 0) {
            throw new StreamReset(stream, received.reset);
        }
        if (received.ended) {
            throw new EOFException("stream " + stream + " has ended");
        }
    }

    /** The server broke a stream off. */
    public static final class StreamReset extends IOException {
        private static final long serialVersionUID = 1;

        StreamReset(int stream, long code) {
            super("stream " + stream + " was reset with " + code);
        }
    }

    /** What came on a stream that was opened here. */
    private Received received(int stream) {
        return Optional.ofNullable(streams.get(stream)).orElseThrow(() -> new IllegalStateException("no stream " + stream + " was opened"));
    }

    private void readFrame() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        var payload = in.readNBytes(length);
        switch (type) {
            case SETTINGS -> {
                if ((flags & ACK) == 0) {
                    frame(SETTINGS, ACK, 0, new byte[0]);
                }
            }
            case PING -> {
                if ((flags & ACK) == 0) {
                    frame(PING, ACK, 0, payload);
                }
            }
            case GOAWAY -> throw new EOFException("the server says goodbye: " + ByteBuffer.wrap(payload, 4, 4).getInt());
            case RST_STREAM -> received(stream).reset = ByteBuffer.wrap(payload).getInt();
            case DATA -> {
                var received = received(stream);
                received.body.write(payload);
                received.ended = (flags & END_STREAM) != 0;
            }
            case HEADERS -> decode(received(stream), wholeBlock(payload, flags), flags);
            default -> { }
        }
    }

    private byte[] wholeBlock(byte[] first, int flags) throws IOException {
        var block = new ByteArrayOutputStream();
        block.write(first);
        for (boolean ended = (flags & END_HEADERS) != 0; !ended; ) {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            if (in.readUnsignedByte() != CONTINUATION) {
                throw new IOException("no continuation of the headers");
            }
            ended = (in.readUnsignedByte() & END_HEADERS) != 0;
            in.readInt();
            block.write(in.readNBytes(length));
        }
        return block.toByteArray();
    }

    private void decode(Received received, byte[] block, int flags) throws IOException {
        try {
            var metadata = decoder.decode(ByteBuffer.wrap(block));
            var headers = metadata.getHttpFields().stream().map(field -> field.getName() + ": " + field.getValue()).toList();
            if (metadata instanceof MetaData.Response response) {
                received.heads.add(new RawClient.Answer(response.getStatus(), headers, "", List.of()));
            } else {
                received.trailers = headers;
            }
            received.ended = (flags & END_STREAM) != 0;
        } catch (HpackException e) {
            throw new IOException(e);
        }
    }

    private void headers(int stream, byte[] block, boolean end) throws IOException {
        for (int sent = 0; sent < block.length; ) {
            int n = Math.min(LARGEST_FRAME, block.length - sent);
            int flags = (sent == 0 && end ? END_STREAM : 0) | (sent + n == block.length ? END_HEADERS : 0);
            frame(sent == 0 ? HEADERS : CONTINUATION, flags, stream, java.util.Arrays.copyOfRange(block, sent, sent + n));
            sent += n;
        }
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        var frame = ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16)).putShort((short) payload.length)
                .put((byte) type).put((byte) flags).putInt(stream).put(payload);
        socket.getOutputStream().write(frame.array());
    }

    private static void fields(ByteArrayOutputStream block, String... fields) {
        for (var field : fields) {
            int colon = field.indexOf(':', 1);
            literal(block, field.substring(0, colon), field.substring(colon + 1).strip());
        }
    }

    /** RFC 7541 §6.2.2: a literal field without indexing, its name spelled out. */
    private static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        text(block, name);
        text(block, value);
    }

    private static void text(ByteArrayOutputStream block, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < 127) {
            block.write(bytes.length);
        } else {
            block.write(127);
            int rest = bytes.length - 127;
            for (; rest >= 128; rest /= 128) {
                block.write(rest % 128 + 128);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
