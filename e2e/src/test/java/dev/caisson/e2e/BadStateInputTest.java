package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.app.client.ApiClient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests about saved states that cannot be met are answered with what is wrong, and change nothing. */
@Tag("root")
class BadStateInputTest {
    private static Caisson caisson;
    private static ApiClient api;
    private static Rest rest;
    private static Keeper running;
    private static Keeper paused;

    @BeforeAll
    static void up() {
        caisson = Caisson.up();
        api = caisson.api();
        rest = new Rest(caisson);
        running = Keeper.startIn(api.create("base", Optional.of(Duration.ofMinutes(30)), Map.of()), api, rest.http());
        paused = Keeper.startIn(api.create("base", Optional.of(Duration.ofMinutes(30)), Map.of()), api, rest.http());
        rest.post("/sandboxes/" + paused.sandbox() + "/pause", "").expect(204);
    }

    @AfterAll
    static void nothingHasChanged() {
        running.expectNext();
        assertThat(rest.send("GET", "/sandboxes/" + paused.sandbox(), "").json().path("state").asString()).isEqualTo("paused");
        api.connect(paused.sandbox());
        paused.expectNext();
        assertThat(api.sandboxes()).hasSize(2);
        assertThat(rest.send("GET", "/snapshots", "").expect(200).json()).isEmpty();
        rest.close();
        api.close();
        caisson.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            404 | POST   | /sandboxes/iunknownsandbox00001/pause      |
            400 | POST   | /sandboxes/No_Id/pause                     |
            400 | POST   | /sandboxes/RUNNING/pause                   | {"memory":"no"}
            400 | POST   | /sandboxes/RUNNING/pause                   | {"requireHealthyGuest":1}
            400 | POST   | /sandboxes/RUNNING/pause                   | []
            400 | POST   | /sandboxes/RUNNING/pause                   | {"memory"
            409 | POST   | /sandboxes/PAUSED/pause                    | {}
            409 | POST   | /v2/sandboxes/PAUSED/pause                 | {"memory":false}
            404 | POST   | /sandboxes/PAUSED/timeout                  | {"timeout":100}
            404 | POST   | /sandboxes/PAUSED/refreshes                | {"duration":100}
            400 | POST   | /sandboxes/PAUSED/connect                  | {"timeout":-1}
            400 | POST   | /sandboxes/PAUSED/connect                  | {"timeout":100000}
            400 | POST   | /sandboxes/iunknownsandbox00001/connect    | {"timeout":100000}
            404 | POST   | /v2/sandboxes/iunknownsandbox00001/connect | {}
            400 | POST   | /sandboxes/PAUSED/connect                  |
            400 | POST   | /sandboxes/PAUSED/resume                   | {"timeout":"1"}
            400 | POST   | /sandboxes/PAUSED/resume                   | {"timeout":100000}
            404 | POST   | /sandboxes/iunknownsandbox00001/resume     |
            409 | POST   | /sandboxes/RUNNING/resume                  | {}
            400 | POST   | /sandboxes/RUNNING/snapshots               |
            400 | POST   | /sandboxes/RUNNING/snapshots               | {"name":7}
            400 | POST   | /sandboxes/RUNNING/snapshots               | {"name":"no name"}
            400 | POST   | /sandboxes/RUNNING/snapshots               | {"name":"another-team/state"}
            404 | POST   | /sandboxes/PAUSED/snapshots                | {}
            404 | POST   | /sandboxes/iunknownsandbox00001/snapshots  | {}
            400 | GET    | /snapshots?limit=0                         |
            400 | GET    | /snapshots?nextToken=%00                   |
            400 | GET    | /snapshots?sandboxID=No_Id                 |
            404 | DELETE | /templates/default%2Fno-such:default       |
            400 | POST   | /sandboxes/RUNNING/fork                    | {"count":0}
            400 | POST   | /sandboxes/RUNNING/fork                    | {"count":101}
            400 | POST   | /sandboxes/RUNNING/fork                    | {"count":1.5}
            400 | POST   | /sandboxes/RUNNING/fork                    | {"timeout":100000}
            409 | POST   | /sandboxes/PAUSED/fork                     |
            404 | POST   | /v2/sandboxes/iunknownsandbox00001/fork    |
            404 | POST   | /sandboxes/iunknownsandbox00001/checkpoints |
            404 | GET    | /sandboxes/iunknownsandbox00001/checkpoints |
            400 | GET    | /sandboxes/RUNNING/checkpoints?limit=0     |
            400 | POST   | /sandboxes/RUNNING/checkpoints             | {"name":7}
            404 | POST   | /sandboxes/RUNNING/checkpoints/no-such/rollback |
            404 | GET    | /sandboxes/RUNNING/checkpoints/no-such/diff |
            404 | DELETE | /sandboxes/RUNNING/checkpoints/no-such     |
            400 | POST   | /v2/sandboxes                              | {"templateID":"base","autoPauseMemory":false}
            400 | POST   | /v2/sandboxes                              | {"templateID":"base","autoPause":true,"autoPauseMemory":false,"autoResume":{"enabled":true}}
            400 | POST   | /v2/sandboxes                              | {"templateID":"base","autoPause":"yes"}
            400 | POST   | /v2/sandboxes                              | {"templateID":"base","autoResume":true}
            404 | POST   | /v2/sandboxes                              | {"templateID":"default/no-such:default"}
            """)
    void isAnsweredWithWhatIsWrong(int status, String method, String path, String body) {
        var answer = rest.send(method, path.replace("RUNNING", running.sandbox()).replace("PAUSED", paused.sandbox()), body == null ? "" : body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().path("code").asInt()).isEqualTo(status);
        assertThat(answer.json().path("message").asString()).isNotEmpty();
    }

    @Test
    void aWrongKeyIsRefusedBeforeAnythingElse() {
        try (var stranger = new Rest(caisson, "e2b_" + "0".repeat(40))) {
            stranger.post("/sandboxes/No_Id/pause", "").expect(401);
            stranger.post("/sandboxes/" + running.sandbox() + "/fork", "{\"count\":0}").expect(401);
            stranger.send("GET", "/snapshots?limit=0", "").expect(401);
        }
    }
}
