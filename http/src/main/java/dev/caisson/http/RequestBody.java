package dev.caisson.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Request bodies as the client meant them. */
public final class RequestBody {
    private static final int BUFFER = 8192;

    private RequestBody() {}

    /**
     * The body with {@code Content-Encoding} undone: absent, {@code identity} or {@code gzip}.
     *
     * @throws HttpException 400 for another encoding or a body that does not begin as gzip does
     */
    public static InputStream decoded(Exchange exchange) throws IOException {
        var encoding = exchange.header("Content-Encoding").orElse("").strip().toLowerCase(Locale.ROOT);
        return switch (encoding) {
            case "", "identity" -> exchange.body();
            case "gzip" -> gunzip(exchange.body());
            default -> throw HttpException.invalid("unsupported Content-Encoding '" + encoding + "'; send identity or gzip");
        };
    }

    private static InputStream gunzip(InputStream body) throws IOException {
        try {
            return new GZIPInputStream(body, BUFFER);
        } catch (ZipException | java.io.EOFException e) {
            throw HttpException.invalid("the body is not gzip: " + e.getMessage());
        }
    }
}
