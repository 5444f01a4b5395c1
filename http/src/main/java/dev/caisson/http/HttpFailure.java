package dev.caisson.http;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a failure looks on the wire: {@code {"code":<status>,"message":"…"}}, the only place where categories become
 * statuses ({@code contract/rest-api.md} §2, §15.2).
 *
 * @param status 400..599, repeated in the body as {@code code}
 * @param message for people
 * @param errorCode the optional {@code error_code}; empty for none
 * @param retry whether nothing was done, so that the same request may be sent again; only told for 429 and 5xx
 */
public record HttpFailure(int status, String message, String errorCode, boolean retry) {
    /** A client without this header repeats three times within 0.6 s ({@code contract/rest-api.md} §15.2, "load shape"). */
    private static final int RETRY_AFTER_SECONDS = 1;

    /** A failure that must not be repeated. */
    public HttpFailure(int status, String message) {
        this(status, message, "", false);
    }

    public static HttpFailure of(CaissonException failure) {
        var retry = failure.category() == Category.EXHAUSTED || failure.category() == Category.UNAVAILABLE;
        var message = String.valueOf(failure.getMessage());
        var status = failure instanceof HttpException http ? http.status() : statusOf(failure.category());
        return new HttpFailure(status, message, failure.errorCode(), retry);
    }

    /** The status of a category. */
    public static int statusOf(Category category) {
        return switch (category) {
            case INVALID -> 400;
            case UNAUTHENTICATED -> 401;
            case DENIED -> 403;
            case NOT_FOUND -> 404;
            case CONFLICT -> 409;
            case EXHAUSTED -> 429;
            case INTERNAL -> 500;
            case UNSUPPORTED -> 501;
            case UNAVAILABLE -> 503;
            case TIMEOUT -> 504;
        };
    }

    /** Answers with this failure; before the head is sent. */
    public void send(Exchange exchange) throws IOException {
        headers().forEach(exchange::setHeader);
        exchange.send(status, body());
    }

    /** What the answer needs beside its body, {@code Content-Type} included. */
    public Map<String, String> headers() {
        var headers = new LinkedHashMap<String, String>();
        headers.put("Content-Type", Json.CONTENT_TYPE);
        if (status == 429 || status >= 500) {
            headers.put("Should-Retry", Boolean.toString(retry));
            if (retry) {
                headers.put("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
            }
        }
        return headers;
    }

    public byte[] body() {
        var body = new LinkedHashMap<String, Object>();
        body.put("code", status);
        body.put("message", message);
        if (!errorCode.isEmpty()) {
            body.put("error_code", errorCode);
        }
        return Json.bytes(body);
    }
}
