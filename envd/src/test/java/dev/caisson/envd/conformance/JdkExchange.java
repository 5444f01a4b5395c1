package dev.caisson.envd.conformance;

import com.sun.net.httpserver.HttpExchange;
import dev.caisson.http.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A request to the JDK's own HTTP server as handlers see it; without upgrades and the notice of leaving clients. */
class JdkExchange implements Exchange {
    private final HttpExchange inner;
    private boolean started;

    JdkExchange(HttpExchange inner) {
        this.inner = inner;
    }

    @Override
    public String method() {
        return inner.getRequestMethod();
    }

    @Override
    public String rawPath() {
        return inner.getRequestURI().getRawPath();
    }

    @Override
    public String rawQuery() {
        return Optional.ofNullable(inner.getRequestURI().getRawQuery()).orElse("");
    }

    @Override
    public String authority() {
        return header("Host").orElse("");
    }

    @Override
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    @Override
    public List<String> headers(String name) {
        return inner.getRequestHeaders().getOrDefault(name, List.of());
    }

    @Override
    public List<String> headerNames() {
        return inner.getRequestHeaders().keySet().stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }

    @Override
    public OptionalLong contentLength() {
        var length = header("Content-Length");
        return length.isPresent() ? OptionalLong.of(Long.parseLong(length.get())) : OptionalLong.empty();
    }

    @Override
    public boolean hasBody() {
        return contentLength().orElse(1) > 0;
    }

    @Override
    public InputStream body() {
        return inner.getRequestBody();
    }

    @Override
    public void addHeader(String name, String value) {
        inner.getResponseHeaders().add(name, value);
    }

    @Override
    public void setHeader(String name, String value) {
        inner.getResponseHeaders().set(name, value);
    }

    @Override
    public void send(int status, byte[] body) throws IOException {
        started = true;
        inner.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        inner.getResponseBody().write(body);
    }

    @Override
    public OutputStream start(int status) throws IOException {
        started = true;
        inner.sendResponseHeaders(status, 0);
        return inner.getResponseBody();
    }

    @Override
    public Map<String, List<String>> trailers() {
        return Map.of();
    }

    @Override
    public void addTrailer(String name, String value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void upgrade(Tunnel tunnel) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean started() {
        return started;
    }

    @Override
    public void abort() {
        inner.close();
    }

    @Override
    public void onAbort(Runnable action) {
        // The suite's clients stay to the end.
    }

    @Override
    public Map<Class<?>, Object> attributes() {
        return Map.of();
    }
}
