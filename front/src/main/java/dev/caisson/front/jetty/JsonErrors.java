package dev.caisson.front.jetty;

import dev.caisson.http.HttpFailure;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * What the engine refuses before any handler sees it (a malformed request line, headers beyond their limit) is answered in
 * JSON: clients fail on anything else ({@code contract/rest-api.md} §15.1 D).
 */
final class JsonErrors extends ErrorHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus() >= 400 ? response.getStatus() : 500;
        var failure = new HttpFailure(status, message(request, status));
        var body = failure.body();
        failure.headers().forEach(response.getHeaders()::put);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }

    private static String message(Request request, int status) {
        return Optional.ofNullable(request.getAttribute(ERROR_MESSAGE))
                .map(Object::toString)
                .filter(message -> status < 500 && !message.isBlank())
                .orElse(HttpStatus.getMessage(status));
    }
}
