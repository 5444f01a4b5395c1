package dev.caisson.front.jetty;

import dev.caisson.base.Category;
import dev.caisson.http.Exchange;
import dev.caisson.http.Handler;
import dev.caisson.http.HandlerCall;
import dev.caisson.http.HttpException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** One request to Jetty as handlers see it. Used by one thread, except {@link #abort} and {@link #onAbort}. */
final class JettyExchange implements Exchange {
    /**
     * How long an early answer goes on reading what the client still sends; closing with unread input would reset the
     * connection and lose the answer on its way.
     */
    private static final Duration DRAIN = Duration.ofSeconds(1);

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Transport transport;
    private final RequestStream body;
    private final AbortActions abortActions = new AbortActions();
    private final Map<Class<?>, Object> attributes = new HashMap<>();
    private final HttpFields.Mutable answerTrailers = HttpFields.build();
    private @Nullable AnswerStream answer;
    private boolean started;
    /** Guarded by this, as is every use of the transport: after the end it serves the connection's next request. */
    private boolean over;
    private boolean aborted;
    private boolean upgraded;

    JettyExchange(Request request, Response response, Callback callback) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.transport = Transport.of(request);
        boolean awaitsContinue = header("Expect").filter("100-continue"::equalsIgnoreCase).isPresent();
        this.body = new RequestStream(request, awaitsContinue, this::watch, abortActions::run);
        request.addFailureListener(_ -> abortActions.run());
    }

    /** Calls the handler and completes the exchange. */
    void run(Handler handler) {
        boolean whole = HandlerCall.run(handler, this);
        try {
            if (whole && !isAborted()) {
                complete();
                return;
            }
        } catch (IOException e) {
            // The client is gone, and nobody is left to be told.
            whole = false;
        }
        abort();
        leave();
        callback.failed(new Request.Handler.AbortException("the answer was cut off"));
    }

    private void complete() throws IOException {
        if (answer != null) {
            answer.end();
        }
        leave();
        if (upgraded || body.finished() || transport instanceof Transport.OneStream) {
            callback.succeeded();
        } else {
            // The answer is sent, but the connection cannot be used again: what is left of the body stands in its way.
            callback.failed(new Request.Handler.AbortException("the client still sends what nobody reads"));
        }
    }

    /** Lets go of the transport. */
    private void leave() {
        synchronized (this) {
            over = true;
            if (!upgraded) {
                transport.unwatch();
            }
        }
        if (!upgraded && !isAborted()) {
            body.drain(DRAIN);
        }
        body.stop();
    }

    private synchronized void watch() {
        if (!over && !upgraded && abortActions.any()) {
            transport.watch(abortActions::run);
        }
    }

    private synchronized boolean isAborted() {
        return aborted;
    }

    @Override
    public void abort() {
        synchronized (this) {
            if (aborted || (over && !upgraded)) {
                return;
            }
            aborted = true;
            transport.reset();
        }
        body.fail(new IOException("the exchange was cut off by the server"));
        abortActions.run();
    }

    @Override
    public void onAbort(Runnable action) {
        abortActions.add(action);
        body.watch();
        if (body.finished()) {
            watch();
        }
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String rawPath() {
        var target = target();
        int question = target.indexOf('?');
        return question < 0 ? target : target.substring(0, question);
    }

    @Override
    public String rawQuery() {
        var target = target();
        int question = target.indexOf('?');
        return question < 0 ? "" : target.substring(question + 1);
    }

    /** Jetty reads the bytes of HTTP/1.1 as UTF-8, and those of HTTP/2 as ISO 8859-1. */
    @Override
    public String rawTarget() {
        return switch (transport) {
            case Transport.OneStream _ -> target();
            case Transport.WholeConnection _ ->
                new String(target().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        };
    }

    private String target() {
        return Optional.ofNullable(request.getHttpURI().getPathQuery()).orElse("");
    }

    @Override
    public String authority() {
        return header("Host").or(() -> Optional.ofNullable(request.getHttpURI().getAuthority())).orElse("");
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /** HTTP/2 may send one {@code Cookie} header in pieces, which are put together again (RFC 9113 §8.2.3). */
    @Override
    public List<String> headers(String name) {
        var values = fields(name);
        return values.size() > 1 && name.equalsIgnoreCase("cookie") && transport instanceof Transport.OneStream
                ? List.of(String.join("; ", values))
                : values;
    }

    private List<String> fields(String name) {
        return StreamSupport.stream(request.getHeaders().spliterator(), false)
                .filter(field -> field.is(name))
                .map(JettyExchange::value)
                .toList();
    }

    @Override
    public List<String> headerNames() {
        return StreamSupport.stream(request.getHeaders().spliterator(), false)
                .map(HttpField::getLowerCaseName)
                .distinct()
                .toList();
    }

    private static String value(HttpField field) {
        return Optional.ofNullable(field.getValue()).orElse("");
    }

    @Override
    public OptionalLong contentLength() {
        long length = request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
        return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
    }

    @Override
    public boolean hasBody() {
        var length = contentLength();
        if (length.isPresent()) {
            return length.getAsLong() > 0;
        }
        return switch (transport) {
            case Transport.OneStream _ -> !body.isEmpty();
            case Transport.WholeConnection _ -> request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
        };
    }

    @Override
    public InputStream body() {
        return body;
    }

    @Override
    public Map<String, List<String>> trailers() {
        var trailers = new TreeMap<String, List<String>>();
        var fields = request.getTrailers();
        if (fields != null) {
            for (var field : fields) {
                trailers.computeIfAbsent(field.getLowerCaseName(), _ -> new ArrayList<>()).add(value(field));
            }
        }
        return trailers;
    }

    @Override
    public void addHeader(String name, String value) {
        requireNotStarted();
        response.getHeaders().add(name, value);
    }

    @Override
    public void setHeader(String name, String value) {
        requireNotStarted();
        response.getHeaders().put(name, value);
    }

    @Override
    public void addTrailer(String name, String value) {
        answerTrailers.add(name, value);
    }

    @Override
    public void send(int status, byte[] bytes) throws IOException {
        begin(status);
        if (bytes.length > 0 || mayHaveBody(status)) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
        }
        AnswerStream.send(response, true, ByteBuffer.wrap(bytes));
    }

    @Override
    public OutputStream start(int status) throws IOException {
        begin(status);
        if (!mayHaveBody(status)) {
            AnswerStream.send(response, true, ByteBuffer.allocate(0));
            return OutputStream.nullOutputStream();
        }
        if (!response.getHeaders().contains(HttpHeader.CONTENT_LENGTH)) {
            response.setTrailersSupplier(() -> answerTrailers);
        }
        var stream = new AnswerStream(response);
        AnswerStream.send(response, false, ByteBuffer.allocate(0));
        answer = stream;
        return stream;
    }

    private static boolean mayHaveBody(int status) {
        return status >= 200 && status != 204 && status != 304;
    }

    private void begin(int status) {
        requireNotStarted();
        started = true;
        response.setStatus(status);
        if (!response.getHeaders().contains(HttpHeader.DATE)) {
            response.getHeaders().put(request.getConnectionMetaData().getConnector().getServer().getDateField());
        }
    }

    @Override
    public void upgrade(Tunnel tunnel) {
        requireNotStarted();
        if (!(transport instanceof Transport.WholeConnection connection)) {
            throw new HttpException(Category.UNSUPPORTED, "a connection that carries several requests cannot change its protocol");
        }
        synchronized (this) {
            upgraded = true;
            transport.unwatch();
        }
        started = true;
        response.setStatus(101);
        Request.addCompletionListener(request, failure -> {
            if (failure != null) {
                // The client left before the tunnel was open.
                abortActions.run();
            }
        });
        request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, new TunnelConnection(
                connection.endPoint(), request.getConnectionMetaData().getConnector().getExecutor(), tunnel));
    }

    @Override
    public boolean started() {
        return started;
    }

    @Override
    public Map<Class<?>, Object> attributes() {
        return attributes;
    }

    private void requireNotStarted() {
        if (started) {
            throw new IllegalStateException("the head of the answer was sent already");
        }
    }

    @Override
    public String toString() {
        return method() + " " + rawPath();
    }
}
