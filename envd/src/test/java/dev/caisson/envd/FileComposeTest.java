package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.http.testing.FakeExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileComposeTest {
    private final FakeAgent agent = new FakeAgent();
    private final EnvdFixture envd = EnvdFixture.open(agent);

    @BeforeEach
    void files() {
        agent.files().put("/home/user/1", "one");
        agent.files().put("/tmp/2", "two");
        agent.files().put("/tmp/whole", "old");
    }

    @AfterEach
    void close() {
        envd.close();
    }

    @Test
    void joinsFilesAndRemovesThem() {
        var answer = compose("{\"source_paths\":[\"1\",\"/tmp/2\"],\"destination\":\"/tmp/whole\"}");
        assertThat(answer.answerText()).isEqualTo("{\"path\":\"/tmp/whole\",\"name\":\"whole\",\"type\":\"file\"}");
        assertThat(agent.files().text("/tmp/whole")).isEqualTo("onetwo");
        assertThat(agent.files().exists("/home/user/1")).isFalse();
        assertThat(agent.list("", "/tmp", 1)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {                                                                            | 400
            {"destination":"/tmp/x"}                                                     | 400
            {"source_paths":[],"destination":"/tmp/x"}                                   | 400
            {"source_paths":["1"],"destination":""}                                      | 400
            {"source_paths":["1"],"destination":"/home/user/1"}                          | 400
            {"source_paths":["/tmp"],"destination":"/tmp/x"}                             | 400
            {"source_paths":["1","none"],"destination":"/tmp/whole"}                     | 404
            {"source_paths":["1"],"destination":"/tmp/x","username":"ghost"}             | 401
            {"source_paths":["1"],"destination":"/tmp/2/x"}                              | 500
            """)
    void refusesAndLeavesEverythingAsItWas(String request, int status) {
        assertThat(compose(request).status()).isEqualTo(status);
        assertThat(agent.files().text("/tmp/whole")).isEqualTo("old");
        assertThat(agent.files().text("/home/user/1")).isEqualTo("one");
        assertThat(agent.list("", "/tmp", 1)).hasSize(2);
    }

    private FakeExchange compose(String json) {
        return envd.send(FakeExchange.request("POST", "/files/compose").body(json));
    }
}
