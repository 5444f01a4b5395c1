package dev.caisson.e2e;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests to the control plane and to sandboxes as they go over the wire, and their answers whatever their status. */
final class Rest implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final JsonMapper JSON = new JsonMapper();
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI url;
    private final String key;

    Rest(Caisson caisson) {
        this(caisson, caisson.access().key());
    }

    Rest(Caisson caisson, String key) {
        this.url = caisson.access().url();
        this.key = key;
    }

    record Answer(int status, String body) {
        JsonNode json() {
            return JSON.readTree(body);
        }

        Answer expect(int wanted) {
            if (status != wanted) {
                throw new AssertionError("expected " + wanted + ", saw " + status + ": " + body);
            }
            return this;
        }
    }

    HttpClient http() {
        return http;
    }

    /** @param body JSON, or what is to be taken for it; empty for none */
    Answer send(String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create(url + path)).header("X-API-Key", key);
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        return send(request.method(method, publisher(body)));
    }

    Answer post(String path, String body) {
        return send("POST", path, body);
    }

    /** A unary call of a sandbox's envd, without a token if that is empty. */
    Answer call(String sandbox, String token, String method, String body) {
        return send(envd(sandbox, token, method, "application/json").POST(publisher(body)));
    }

    /** Starts a process and leaves it: nobody is connected to it afterwards. Its pid. */
    String start(String sandbox, String token, String message) {
        var bytes = message.getBytes(StandardCharsets.UTF_8);
        var request = envd(sandbox, token, "process.Process/Start", "application/connect+json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(ByteBuffer.allocate(5 + bytes.length).put((byte) 0).putInt(bytes.length).put(bytes).array()))
                .build();
        try (var events = new DataInputStream(http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body())) {
            events.readByte();
            var first = JSON.readTree(events.readNBytes(events.readInt()));
            var pid = first.path("event").path("start").path("pid");
            if (pid.isMissingNode()) {
                throw new AssertionError("not started: " + first);
            }
            return pid.asString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder envd(String sandbox, String token, String method, String contentType) {
        var request = HttpRequest.newBuilder(URI.create(url + "/" + method))
                .timeout(PATIENCE)
                .header("E2b-Sandbox-Id", sandbox)
                .header("E2b-Sandbox-Port", "49983")
                .header("Content-Type", contentType);
        return token.isEmpty() ? request : request.header("X-Access-Token", token);
    }

    /** A request to a port of a sandbox. */
    Answer port(String sandbox, int port, String path, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(url + path)).header("E2b-Sandbox-Id", sandbox).header("E2b-Sandbox-Port", Integer.toString(port));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private static HttpRequest.BodyPublisher publisher(String body) {
        return body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            var answer = http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
