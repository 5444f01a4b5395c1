package dev.caisson.app.client;

import dev.caisson.base.Category;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** REST calls of a team or of the operator. Safe for use by many threads. */
public final class ApiClient implements AutoCloseable {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);

    /** Of what has to read all files of a sandbox before it can say its first line. */
    private static final Duration LONG_TIMEOUT = Duration.ofMinutes(30);

    private final JsonMapper json = new JsonMapper();
    private final HttpClient http;
    private final URI url;
    private final Map<String, String> credentials;

    public ApiClient(Access access) {
        this(access.url(), access.credentials());
    }

    public ApiClient(OperatorAccess access) {
        this(access.url(), access.credentials());
    }

    private ApiClient(URI url, Map<String, String> credentials) {
        this.http = http(url);
        this.url = url;
        this.credentials = credentials;
    }

    private static HttpClient http(URI url) {
        var builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5));
        var trusted = System.getenv("SSL_CERT_FILE");
        return trusted == null || !"https".equals(url.getScheme()) ? builder.build() : builder.sslContext(Trust.inFile(Path.of(trusted))).build();
    }

    /** Whether a server answers at all. */
    public boolean answers() {
        try {
            exchange("GET", "/health", Optional.empty());
            return true;
        } catch (ClientException e) {
            if (e.category() == Category.UNAVAILABLE) {
                return false;
            }
            throw e;
        }
    }

    public JsonNode get(String path) {
        return call("GET", path, Optional.empty());
    }

    /** @param body serialised as JSON */
    public JsonNode post(String path, Map<String, ?> body) {
        return call("POST", path, Optional.of(body));
    }

    /** @param body serialised as JSON */
    public void patch(String path, Map<String, ?> body) {
        call("PATCH", path, Optional.of(body));
    }

    public void delete(String path) {
        call("DELETE", path, Optional.empty());
    }

    /** Makes a sandbox of {@code template} and returns a way into it. */
    public RemoteSandbox create(String template, Optional<Duration> timeout, Map<String, String> environment) {
        return create(new NewSandbox(template, timeout, environment, Map.of(), Optional.empty()));
    }

    /** Makes a sandbox and returns a way into it. */
    public RemoteSandbox create(NewSandbox wish) {
        return reach(post("/v2/sandboxes", wish.body()));
    }

    /** Whether something answers on a port of a sandbox that is there. */
    public PortState portState(String id, int port) {
        return new PortCheck(http, json, url).state(id, port);
    }

    /** Where the server is. */
    public URI url() {
        return url;
    }

    /** A way into a sandbox, which is resumed if it is paused; its life becomes no shorter. */
    public RemoteSandbox connect(String id) {
        return reach(post("/v2/sandboxes/" + id + "/connect", Map.of()));
    }

    /** Every sandbox of the key's team, page after page. */
    public JsonNode sandboxes() {
        return pages("/v2/sandboxes", "");
    }

    /**
     * Every row of a list, page after page.
     *
     * @param filters further parameters of the query
     */
    public JsonNode pages(String path, String filters) {
        var all = json.createArrayNode();
        var next = Optional.of("");
        while (next.isPresent()) {
            var token = next.get();
            var query = "?limit=100" + (filters.isEmpty() ? "" : "&" + filters) + (token.isEmpty() ? "" : "&nextToken=" + token);
            var response = exchange("GET", path + query, Optional.empty());
            parse(response.body()).forEach(all::add);
            next = response.headers().firstValue("X-Next-Token");
        }
        return all;
    }

    /** An answer of one JSON object a line, however long it is. */
    public void lines(String path, Consumer<JsonNode> each) {
        var response = send(http, request("GET", path, Optional.empty(), LONG_TIMEOUT), HttpResponse.BodyHandlers.ofInputStream());
        try (var reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            if (response.statusCode() >= 400) {
                refuse(response.statusCode(), reader.readAllAsString().getBytes(StandardCharsets.UTF_8));
            }
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                each.accept(parse(line.getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            throw new ClientException(Category.UNAVAILABLE, "the answer broke off: " + e.getMessage(), e);
        }
    }

    /** @param answer a sandbox as it is told when it is made, forked or connected to */
    public RemoteSandbox reach(JsonNode answer) {
        return new RemoteSandbox(new SandboxConnection(
                http, json, url, answer.path("sandboxID").asString(), answer.path("envdAccessToken").asString("")));
    }

    private JsonNode call(String method, String path, Optional<Map<String, ?>> body) {
        return parse(exchange(method, path, body).body());
    }

    private HttpResponse<byte[]> exchange(String method, String path, Optional<Map<String, ?>> body) {
        var response = send(http, request(method, path, body, REQUEST_TIMEOUT), HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() >= 400) {
            refuse(response.statusCode(), response.body());
        }
        return response;
    }

    private HttpRequest request(String method, String path, Optional<Map<String, ?>> body, Duration timeout) {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .method(method, body.map(b -> HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(b)))
                        .orElseGet(HttpRequest.BodyPublishers::noBody));
        credentials.forEach(request::header);
        return request.build();
    }

    private void refuse(int status, byte[] body) {
        throw new ClientException(category(status), parse(body).path("message").asString("HTTP " + status));
    }

    private JsonNode parse(byte[] body) {
        try {
            return body.length == 0 ? JsonNodeFactory.instance.missingNode() : json.readTree(body);
        } catch (JacksonException e) {
            throw new ClientException(Category.INTERNAL, "what answers at " + url + " is not Caisson: its answer is not JSON", e);
        }
    }

    static <T> HttpResponse<T> send(HttpClient http, HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (ConnectException e) {
            throw new ClientException(
                    Category.UNAVAILABLE, "no server answers at " + request.uri().getAuthority() + "; `caisson up` starts it", e);
        } catch (IOException e) {
            throw new ClientException(
                    Category.UNAVAILABLE, "the connection to " + request.uri().getAuthority() + " broke: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientException(Category.UNAVAILABLE, "interrupted", e);
        }
    }

    static Category category(int status) {
        return switch (status) {
            case 400 -> Category.INVALID;
            case 401 -> Category.UNAUTHENTICATED;
            case 403 -> Category.DENIED;
            case 404 -> Category.NOT_FOUND;
            case 409 -> Category.CONFLICT;
            case 429 -> Category.EXHAUSTED;
            case 501 -> Category.UNSUPPORTED;
            case 502, 503 -> Category.UNAVAILABLE;
            case 504 -> Category.TIMEOUT;
            default -> Category.INTERNAL;
        };
    }

    /** Reads a body that is an error, whatever it turns out to be. */
    static String errorText(JsonMapper json, InputStream body, int status) throws IOException {
        var bytes = body.readNBytes(8192);
        try {
            return json.readTree(bytes).path("message").asString("HTTP " + status);
        } catch (JacksonException e) {
            return "HTTP " + status;
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
