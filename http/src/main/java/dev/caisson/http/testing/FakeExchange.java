package dev.caisson.http.testing;

import dev.caisson.http.Exchange;
import dev.caisson.http.Handler;
import dev.caisson.http.HandlerCall;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A request made by a test, and what a handler answered.
 *
 * <pre>{@code
 * var exchange = FakeExchange.request("POST", "/sandboxes?x=1").header("X-API-Key", "e2b_00").body("{}").handledBy(handler);
 * assertThat(exchange.status()).isEqualTo(201);
 * assertThat(exchange.answerText()).contains("sandboxID");
 * }</pre>
 *
 * <p>Safe to look at from the test's thread while a handler runs on another. Like the real thing, writing fails once the
 * client has left or the answer was cut off.
 */
public final class FakeExchange implements Exchange {
    private record Header(String name, String value) {}

    private final String method;
    private final String rawPath;
    private final String rawQuery;
    private final List<Header> requestHeaders = new ArrayList<>();
    private final List<Header> answerHeaders = new ArrayList<>();
    private final Map<Class<?>, Object> attributes = new HashMap<>();
    private final List<Runnable> abortActions = new ArrayList<>();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final ByteArrayOutputStream unflushed = new ByteArrayOutputStream();
    private final List<byte[]> flushes = new ArrayList<>();
    private final Map<String, List<String>> trailers = new HashMap<>();
    private final List<Header> answerTrailers = new ArrayList<>();
    private Optional<Tunnel> tunnel = Optional.empty();
    private boolean hasBody;
    private InputStream body = InputStream.nullInputStream();
    private OptionalLong contentLength = OptionalLong.empty();
    private String authority = "localhost";
    private int status;
    private boolean complete;
    private boolean aborted;
    private boolean clientLeft;

    private FakeExchange(String method, String rawPath, String rawQuery) {
        this.method = method;
        this.rawPath = rawPath;
        this.rawQuery = rawQuery;
    }

    /**
     * A request without headers and body.
     *
     * @param target raw path with or without a query
     */
    public static FakeExchange request(String method, String target) {
        int question = target.indexOf('?');
        return question < 0
                ? new FakeExchange(method, target, "")
                : new FakeExchange(method, target.substring(0, question), target.substring(question + 1));
    }

    public FakeExchange header(String name, String value) {
        requestHeaders.add(new Header(name, value));
        return this;
    }

    public FakeExchange authority(String host) {
        authority = host;
        return this;
    }

    /** A body with {@code Content-Length}. */
    public FakeExchange body(String text) {
        return body(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A body with {@code Content-Length}. */
    public FakeExchange body(byte[] bytes) {
        body = new ByteArrayInputStream(bytes);
        contentLength = OptionalLong.of(bytes.length);
        hasBody = bytes.length > 0;
        return header("Content-Length", Integer.toString(bytes.length));
    }

    /** A body of unknown length. */
    public FakeExchange body(InputStream stream) {
        body = stream;
        contentLength = OptionalLong.empty();
        hasBody = true;
        return this;
    }

    /** A trailer behind the body. */
    public FakeExchange trailer(String name, String value) {
        trailers.computeIfAbsent(name.toLowerCase(Locale.ROOT), _ -> new ArrayList<>()).add(value);
        return this;
    }

    /**
     * Calls the handler as a server does: what escapes it becomes an answer or a cut. A tunnel reads what was given as body
     * and writes what then is the answer's body.
     */
    public FakeExchange handledBy(Handler handler) {
        boolean whole = HandlerCall.run(handler, this);
        try {
            if (whole && tunnel.isPresent()) {
                tunnel.get().run(body, new Answer());
            }
        } catch (IOException e) {
            whole = false;
        }
        synchronized (this) {
            if (whole && !aborted && !clientLeft) {
                sent.writeBytes(unflushed.toByteArray());
                unflushed.reset();
            }
            complete = whole && !aborted && !clientLeft;
            aborted |= !whole;
        }
        return this;
    }

    /** The client goes away: abort actions run, and writing fails from now on. */
    public void clientLeaves() {
        synchronized (this) {
            clientLeft = true;
        }
        runAbortActions();
    }

    private void runAbortActions() {
        List<Runnable> actions;
        synchronized (this) {
            actions = List.copyOf(abortActions);
            abortActions.clear();
        }
        actions.forEach(Runnable::run);
    }

    /** 0 while there is no answer. */
    public synchronized int status() {
        return status;
    }

    /** The first value of a header of the answer. */
    public synchronized Optional<String> answerHeader(String name) {
        return values(answerHeaders, name).stream().findFirst();
    }

    public synchronized List<String> answerHeaders(String name) {
        return values(answerHeaders, name);
    }

    public synchronized List<String> answerTrailers(String name) {
        return values(answerTrailers, name);
    }

    /** The body sent so far. */
    public synchronized byte[] answerBody() {
        return sent.toByteArray();
    }

    public String answerText() {
        return new String(answerBody(), StandardCharsets.UTF_8);
    }

    /** What each flush of a streamed answer sent. */
    public synchronized List<byte[]> flushes() {
        return List.copyOf(flushes);
    }

    /** Whether a handler called by {@link #handledBy} gave the whole answer. */
    public synchronized boolean complete() {
        return complete;
    }

    /** Whether the answer was cut off. */
    public synchronized boolean aborted() {
        return aborted;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String rawPath() {
        return rawPath;
    }

    @Override
    public String rawQuery() {
        return rawQuery;
    }

    @Override
    public String authority() {
        return authority;
    }

    @Override
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    @Override
    public List<String> headers(String name) {
        return values(requestHeaders, name);
    }

    @Override
    public List<String> headerNames() {
        return requestHeaders.stream().map(header -> header.name().toLowerCase(Locale.ROOT)).distinct().toList();
    }

    @Override
    public OptionalLong contentLength() {
        return contentLength;
    }

    @Override
    public boolean hasBody() {
        return hasBody;
    }

    @Override
    public InputStream body() {
        return body;
    }

    @Override
    public synchronized void addHeader(String name, String value) {
        requireNotStarted();
        answerHeaders.add(new Header(name, value));
    }

    @Override
    public synchronized void setHeader(String name, String value) {
        requireNotStarted();
        answerHeaders.removeIf(header -> header.name().equalsIgnoreCase(name));
        answerHeaders.add(new Header(name, value));
    }

    @Override
    public synchronized void send(int status, byte[] body) throws IOException {
        requireNotStarted();
        requireClient();
        this.status = status;
        sent.writeBytes(body);
    }

    @Override
    public synchronized OutputStream start(int status) throws IOException {
        requireNotStarted();
        requireClient();
        this.status = status;
        return new Answer();
    }

    @Override
    public Map<String, List<String>> trailers() {
        return Map.copyOf(trailers);
    }

    @Override
    public synchronized void addTrailer(String name, String value) {
        answerTrailers.add(new Header(name, value));
    }

    @Override
    public synchronized void upgrade(Tunnel tunnel) throws IOException {
        requireNotStarted();
        requireClient();
        status = 101;
        this.tunnel = Optional.of(tunnel);
    }

    @Override
    public synchronized boolean started() {
        return status != 0;
    }

    @Override
    public void abort() {
        synchronized (this) {
            aborted = true;
        }
        runAbortActions();
    }

    @Override
    public void onAbort(Runnable action) {
        synchronized (this) {
            if (!clientLeft && !aborted) {
                abortActions.add(action);
                return;
            }
        }
        action.run();
    }

    @Override
    public Map<Class<?>, Object> attributes() {
        return attributes;
    }

    private void requireNotStarted() {
        if (status != 0) {
            throw new IllegalStateException("the head of the answer was sent already");
        }
    }

    private void requireClient() throws IOException {
        if (clientLeft || aborted) {
            throw new IOException(clientLeft ? "the client left" : "the answer was cut off");
        }
    }

    private static List<String> values(List<Header> headers, String name) {
        return headers.stream().filter(header -> header.name().equalsIgnoreCase(name)).map(Header::value).toList();
    }

    /** What was written becomes visible to the test with the next flush, or when the handler returns. */
    private final class Answer extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            synchronized (FakeExchange.this) {
                requireClient();
                unflushed.write(bytes, offset, length);
            }
        }

        @Override
        public void flush() throws IOException {
            synchronized (FakeExchange.this) {
                requireClient();
                flushes.add(unflushed.toByteArray());
                sent.writeBytes(unflushed.toByteArray());
                unflushed.reset();
            }
        }

        @Override
        public void close() throws IOException {
            synchronized (FakeExchange.this) {
                if (unflushed.size() > 0) {
                    flush();
                }
            }
        }
    }
}
