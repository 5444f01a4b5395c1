package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.app.client.Access;
import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.ClientException;
import dev.caisson.app.client.RemoteSandbox;
import dev.caisson.base.Category;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes in wrong gets the right error, and a neighbour does not notice. */
@Tag("root")
class BadInputTest {
    private static Caisson caisson;
    private static ApiClient api;
    private static RemoteSandbox neighbour;
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private RemoteSandbox sandbox;
    private String token;

    @BeforeAll
    static void up() {
        caisson = Caisson.up();
        api = caisson.api();
        neighbour = api.create("base", Optional.of(Duration.ofMinutes(30)), Map.of());
    }

    @AfterAll
    static void down() {
        api.close();
        caisson.close();
    }

    @BeforeEach
    void create() {
        sandbox = api.create("base", Optional.of(Duration.ofMinutes(10)), Map.of());
        token = api.get("/sandboxes/" + sandbox.id()).path("envdAccessToken").asString();
    }

    @AfterEach
    void theNeighbourDidNotNotice() {
        assertThat(Commands.sh(neighbour, "echo fine").output()).isEqualTo("fine\n");
        if (api.sandboxes().valueStream().anyMatch(row -> row.path("sandboxID").asString().equals(sandbox.id()))) {
            api.delete("/sandboxes/" + sandbox.id());
        }
    }

    @Test
    void anUnknownTemplateIsNotFound() {
        assertThatThrownBy(() -> api.create("no-such-template", Optional.empty(), Map.of()))
                .isInstanceOfSatisfying(ClientException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND))
                .hasMessageContaining("template 'no-such-template' not found");
    }

    @Test
    void aWrongKeyIsRefused() {
        try (var stranger = new ApiClient(new Access(caisson.access().url(), "e2b_00000000000000000000"))) {
            assertThatThrownBy(() -> stranger.create("base", Optional.empty(), Map.of()))
                    .isInstanceOfSatisfying(ClientException.class, e -> assertThat(e.category()).isEqualTo(Category.UNAUTHENTICATED));
        }
    }

    @Test
    void aWrongAccessTokenIsRefusedWithAnIntegerCode() throws Exception {
        var answer = send(request("/process.Process/List").header("X-Access-Token", "0".repeat(64)).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("\"code\":401");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0\0\0\0\5{bad}", "\0\177\0\0\0", "\2\0\0\0\2{}", "\0\0", ""})
    void malformedFramesEndInAConnectError(String frames) throws Exception {
        var answer = send(request("/process.Process/Start").header("X-Access-Token", token).header("Content-Type", "application/connect+json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(frames.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).startsWith("\2").contains("\"error\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/shadow-of-nobody", "/nope/nope", "~root/.bashrc", "%00"})
    void oddPathsAreErrorsOfTheClient(String path) throws Exception {
        var answer = send(request("/files?path=" + path).header("X-Access-Token", token).GET());
        assertThat(answer.statusCode()).isBetween(400, 404);
    }

    /** The guest's files are the guest's: the way up ends at its own root. */
    @Test
    void theWayUpEndsAtTheGuestsRoot() throws Exception {
        var answer = send(request("/files?path=/../../../../etc/hostname").header("X-Access-Token", token).GET());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().strip()).isEqualTo("e2b.local");
    }

    @Test
    void aFullDiskIsSaidAndTheSandboxLives() throws Exception {
        Commands.sh(sandbox, "fallocate -l $(df --output=avail -B1 /home/user | tail -1) /home/user/filler; df /home/user");
        var answer = send(request("/files?path=/home/user/more").header("X-Access-Token", token).header("Content-Type", "application/octet-stream")
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[64 << 20])));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(507);
        assertThat(answer.body()).contains("not enough disk space available");
        assertThat(Commands.sh(sandbox, "rm /home/user/filler && echo freed > /home/user/note && cat /home/user/note").output()).isEqualTo("freed\n");
    }

    @Test
    void aKillInMidStreamBreaksTheStreamAndThenTheSandboxIsNotFound() throws Exception {
        var begun = new CountDownLatch(1);
        var stream = CompletableFuture.supplyAsync(() -> Commands.sh(sandbox, "while true; do echo tick; sleep 0.1; done", begun));
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        api.delete("/sandboxes/" + sandbox.id());
        assertThatThrownBy(stream::join).isInstanceOf(CompletionException.class).hasCauseInstanceOf(ClientException.class);
        var answer = send(request("/health").GET());
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).contains("The sandbox was not found").contains("\"sandboxId\":\"" + sandbox.id() + "\"");
    }

    @Test
    void aClosedPortHasItsOwnPage() throws Exception {
        var answer = send(HttpRequest.newBuilder(URI.create(caisson.access().url() + "/")).header("E2b-Sandbox-Id", sandbox.id())
                .header("E2b-Sandbox-Port", "8123").GET());
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).contains("The sandbox is running but port is not open").contains("\"port\":8123");
    }

    private HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create(caisson.access().url() + target)).header("E2b-Sandbox-Id", sandbox.id()).header("E2b-Sandbox-Port", "49983");
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
