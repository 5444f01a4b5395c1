package dev.caisson.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.http.testing.FakeExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class RequestBodyTest {
    private static final Handler ECHO = exchange -> exchange.send(200, RequestBody.decoded(exchange).readAllBytes());

    private static byte[] gzip(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void gzipIsUndone() throws IOException {
        var exchange = FakeExchange.request("POST", "/").header("Content-Encoding", "gzip").body(gzip("hello")).handledBy(ECHO);
        assertThat(exchange.answerText()).isEqualTo("hello");
    }

    @Test
    void identityAndNothingPassThrough() {
        assertThat(FakeExchange.request("POST", "/").body("hello").handledBy(ECHO).answerText()).isEqualTo("hello");
        assertThat(FakeExchange.request("POST", "/").header("content-encoding", "identity").body("hello").handledBy(ECHO).answerText())
                .isEqualTo("hello");
    }

    @Test
    void otherEncodingsAndBrokenGzipAreRefused() {
        assertThat(FakeExchange.request("POST", "/").header("Content-Encoding", "br").body("x").handledBy(ECHO).status()).isEqualTo(400);
        for (var body : new String[] {"", "x", "this is not gzip at all"}) {
            var exchange = FakeExchange.request("POST", "/").header("Content-Encoding", "gzip").body(body).handledBy(ECHO);
            assertThat(exchange.status()).isEqualTo(400);
        }
    }
}
