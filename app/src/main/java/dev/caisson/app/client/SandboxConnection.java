package dev.caisson.app.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests to the envd of one sandbox, with its token. Safe for use by many threads. */
final class SandboxConnection {
    private static final String ENVD_PORT = "49983";
    private final HttpClient http;
    private final JsonMapper json;
    private final URI url;
    private final String id;
    private final String token;

    SandboxConnection(HttpClient http, JsonMapper json, URI url, String id, String token) {
        this.http = http;
        this.json = json;
        this.url = url;
        this.id = id;
        this.token = token;
    }

    String id() {
        return id;
    }

    JsonMapper json() {
        return json;
    }

    /** @param user who the request acts as inside; empty for the template's user */
    HttpRequest.Builder request(String target, Optional<String> user) {
        var builder = HttpRequest.newBuilder(URI.create(url + "/" + target))
                .header("E2b-Sandbox-Id", id)
                .header("E2b-Sandbox-Port", ENVD_PORT)
                .header("Connect-Protocol-Version", "1");
        if (!token.isEmpty()) {
            builder.header("X-Access-Token", token);
        }
        user.ifPresent(name -> builder.header(
                "Authorization", "Basic " + Base64.getEncoder().encodeToString((name + ":").getBytes(StandardCharsets.UTF_8))));
        return builder;
    }

    /** One call of the Connect protocol that has one answer. */
    JsonNode unary(String method, Map<String, ?> message, Optional<String> user) {
        var request = request(method, user)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(message)))
                .build();
        try (var body = send(request)) {
            return json.readTree(body.readAllBytes());
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /**
     * The body of a successful answer.
     *
     * @throws ClientException with what the server said otherwise
     */
    InputStream send(HttpRequest request) {
        var response = ApiClient.send(http, request, HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() < 400) {
            return response.body();
        }
        try (var body = response.body()) {
            throw new ClientException(
                    ApiClient.category(response.statusCode()), ApiClient.errorText(json, body, response.statusCode()));
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** What a broken stream means. */
    ClientException gone(IOException cause) {
        return new ClientException(
                dev.caisson.base.Category.UNAVAILABLE,
                "the sandbox " + id + " is gone: its stream broke off; `caisson status` shows how it ended",
                cause);
    }
}
