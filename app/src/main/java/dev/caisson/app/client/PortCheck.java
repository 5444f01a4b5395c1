package dev.caisson.app.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whether something answers on a port of a sandbox, found out by asking it. */
final class PortCheck {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private final HttpClient http;
    private final JsonMapper json;
    private final URI url;

    PortCheck(HttpClient http, JsonMapper json, URI url) {
        this.http = http;
        this.json = json;
        this.url = url;
    }

    PortState state(String id, int port) {
        var request = HttpRequest.newBuilder(URI.create(url + "/"))
                .timeout(PATIENCE)
                .header("E2b-Sandbox-Id", id)
                .header("E2b-Sandbox-Port", Integer.toString(port))
                .header("Accept", "application/json")
                .GET()
                .build();
        try {
            var answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (var body = answer.body()) {
                return switch (answer.statusCode()) {
                    case 502 -> isClosed(body.readNBytes(4096), port) ? PortState.CLOSED : PortState.OPEN;
                    case 403 -> isPrivate(body.readNBytes(4096)) ? PortState.PRIVATE : PortState.OPEN;
                    default -> PortState.OPEN;
                };
            }
        } catch (HttpTimeoutException e) {
            // It took the connection, or the server would have said that nothing listens.
            return PortState.OPEN;
        } catch (IOException e) {
            // What listens there does not speak HTTP.
            return PortState.OPEN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientException(dev.caisson.base.Category.UNAVAILABLE, "interrupted", e);
        }
    }

    /** {@code contract/rest-api.md} §9.2 */
    private boolean isClosed(byte[] body, int port) {
        return parse(body).path("port").asInt(-1) == port;
    }

    private boolean isPrivate(byte[] body) {
        return parse(body).path("message").asString("").contains("traffic access token");
    }

    private JsonNode parse(byte[] body) {
        try {
            return json.readTree(body);
        } catch (JacksonException e) {
            return json.missingNode();
        }
    }
}
