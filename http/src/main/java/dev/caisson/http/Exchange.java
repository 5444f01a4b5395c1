package dev.caisson.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One request and its answer. Used by one thread at a time, except that one thread may read the body while another answers,
 * and that {@link #onAbort} and {@link #abort} are for any thread.
 */
public interface Exchange {

    String method();

    /** The path as it came, still percent-encoded, without the query: {@code /templates/a%2Fb/tags}. */
    String rawPath();

    /** The query as it came, without the question mark; empty if there is none. */
    String rawQuery();

    /** Path and query as they came, one character for each byte, and also where the query is empty: {@code /a?}. */
    default String rawTarget() {
        return rawPath() + (rawQuery().isEmpty() ? "" : "?" + rawQuery());
    }

    /** What the client named as host: the {@code Host} header, or {@code :authority} on HTTP/2; empty if neither. */
    String authority();

    /** First value of a header, name compared without case. */
    Optional<String> header(String name);

    /** All values of a header in order. */
    List<String> headers(String name);

    /** Every header name that came, in lower case, in order. */
    List<String> headerNames();

    /** What {@code Content-Length} said. */
    OptionalLong contentLength();

    /** Whether a body follows, empty or not: it has a length above 0, or one that only its end tells. */
    boolean hasBody();

    /** The request body; the same stream every time. Reading blocks; the first read answers {@code Expect: 100-continue}. */
    InputStream body() throws IOException;

    /** Adds a header to the answer; before the head is sent. */
    void addHeader(String name, String value);

    /** Replaces a header of the answer; before the head is sent. */
    void setHeader(String name, String value);

    /** Sends a whole answer with {@code Content-Length}. */
    void send(int status, byte[] body) throws IOException;

    /**
     * Sends the head and returns the body's stream. Every {@code flush} sends what was written and blocks while the client
     * does not read. Without a {@code Content-Length} header the body is chunked (or framed by HTTP/2).
     *
     * <p>The answer ends when the handler returns, and is cut off when the handler throws instead: closing the stream only
     * flushes it, so that leaving a {@code try} block by an exception never looks like a complete answer.
     */
    OutputStream start(int status) throws IOException;

    /** What followed the request's body, names in lower case; complete once {@link #body} has ended. */
    Map<String, List<String>> trailers();

    /** Adds a trailer to an answer that {@link #start} began without {@code Content-Length}; before the handler returns. */
    void addTrailer(String name, String value);

    /**
     * Answers 101 with the headers set so far and gives the connection to {@code tunnel}, which runs once the handler has
     * returned, on a virtual thread of its own. The connection is closed when it returns and reset when it throws.
     *
     * @throws HttpException 501 where one connection carries several requests (HTTP/2)
     */
    void upgrade(Tunnel tunnel) throws IOException;

    /** Speaks another protocol over what was an HTTP connection. {@code toClient} sends with every write. */
    @FunctionalInterface
    interface Tunnel {
        void run(InputStream fromClient, OutputStream toClient) throws IOException;
    }

    /** Whether the head of the answer was sent, or the connection was given to a tunnel. */
    boolean started();

    /**
     * Cuts the answer off: resets the stream or the connection, so that the client sees a broken transfer, not an end.
     * From any thread; blocked reads and writes of this exchange fail with an {@link IOException}.
     */
    void abort();

    /**
     * Runs {@code action} once when the client has left before the answer was complete, also when nothing is being read or
     * written, or when the answer is cut off by {@link #abort}. Runs at once if that has happened already. Must not block.
     */
    void onAbort(Runnable action);

    /** Values that earlier handlers found out about this request, by their type. */
    Map<Class<?>, Object> attributes();
}
