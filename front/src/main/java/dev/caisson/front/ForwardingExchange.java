package dev.caisson.front;

import dev.caisson.http.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** An exchange that is another one but for what a subclass changes. */
abstract class ForwardingExchange implements Exchange {
    private final Exchange inner;

    ForwardingExchange(Exchange inner) {
        this.inner = inner;
    }

    final Exchange inner() {
        return inner;
    }

    @Override
    public String method() {
        return inner.method();
    }

    @Override
    public String rawPath() {
        return inner.rawPath();
    }

    @Override
    public String rawQuery() {
        return inner.rawQuery();
    }

    @Override
    public String rawTarget() {
        return inner.rawTarget();
    }

    @Override
    public String authority() {
        return inner.authority();
    }

    @Override
    public Optional<String> header(String name) {
        return inner.header(name);
    }

    @Override
    public List<String> headers(String name) {
        return inner.headers(name);
    }

    @Override
    public List<String> headerNames() {
        return inner.headerNames();
    }

    @Override
    public OptionalLong contentLength() {
        return inner.contentLength();
    }

    @Override
    public boolean hasBody() {
        return inner.hasBody();
    }

    @Override
    public InputStream body() throws IOException {
        return inner.body();
    }

    @Override
    public void addHeader(String name, String value) {
        inner.addHeader(name, value);
    }

    @Override
    public void setHeader(String name, String value) {
        inner.setHeader(name, value);
    }

    @Override
    public void send(int status, byte[] body) throws IOException {
        inner.send(status, body);
    }

    @Override
    public OutputStream start(int status) throws IOException {
        return inner.start(status);
    }

    @Override
    public Map<String, List<String>> trailers() {
        return inner.trailers();
    }

    @Override
    public void addTrailer(String name, String value) {
        inner.addTrailer(name, value);
    }

    @Override
    public void upgrade(Tunnel tunnel) throws IOException {
        inner.upgrade(tunnel);
    }

    @Override
    public boolean started() {
        return inner.started();
    }

    @Override
    public void abort() {
        inner.abort();
    }

    @Override
    public void onAbort(Runnable action) {
        inner.onAbort(action);
    }

    @Override
    public Map<Class<?>, Object> attributes() {
        return inner.attributes();
    }
}
