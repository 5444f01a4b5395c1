package dev.caisson.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.control.Accounts;
import dev.caisson.control.Team;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The commands against a real control plane. */
@Isolated("reads what the commands print")
class KeysAndTeamsTest {
    @TempDir
    private Path data;

    private Accounts accounts;
    private Team team;
    private ServedPlane plane;

    @BeforeEach
    void serve() throws IOException {
        plane = new ServedPlane(data);
        accounts = plane.accounts;
        team = plane.team;
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @Test
    void aKeyIsMadeListedRenamedAndRevokedByName() {
        var key = caisson(0, "keys", "create", "laptop").strip();
        assertThat(accounts.caller(key)).isPresent();
        assertThat(caisson(0, "keys", "list")).contains("laptop").contains("e2b_" + key.substring(4, 6) + "..." + key.substring(40))
                .doesNotContain(key);
        caisson(0, "keys", "rename", "laptop", "desk");
        assertThat(caisson(0, "keys", "list", "--json")).contains("\"desk\"").doesNotContain("laptop");
        caisson(0, "keys", "revoke", "desk");
        assertThat(accounts.caller(key)).isEmpty();
    }

    @Test
    void aTypingErrorRevokesNothing() {
        var key = caisson(0, "keys", "create", "laptop").strip();
        assertThat(caisson(1, "keys", "revoke", "laptop", "lapdog")).contains("no key with the id or name 'lapdog'");
        assertThat(accounts.caller(key)).isPresent();
    }

    @Test
    void messagesMoveNoCursor() {
        assertThat(caisson(1, "keys", "revoke", "a\u001b[31mb\u009bc")).contains("name 'a [31mb c'").doesNotContain("\u001b", "\u009b");
    }

    @Test
    void aNameThatSeveralKeysHaveIsAmbiguous() {
        caisson(0, "keys", "create", "laptop");
        caisson(0, "keys", "create", "laptop");
        assertThat(caisson(1, "keys", "revoke", "laptop")).contains("2 keys are called 'laptop'");
    }

    @Test
    void theKeyInUseIsRevokedByTheOperatorOnly() {
        assertThat(caisson(1, "keys", "revoke", "first")).contains("nothing was revoked").contains("--team default");
        caisson(0, "keys", "revoke", "first", "--team", "default");
        assertThat(accounts.keys(team)).isEmpty();
    }

    @Test
    void aTeamIsMadeAndGetsItsKeys() {
        assertThat(caisson(0, "teams", "create", "Data Science", "--max-sandboxes", "7").strip()).isEqualTo("data-science");
        assertThat(caisson(0, "teams", "list")).contains("data-science").contains("0/7");
        var key = caisson(0, "keys", "create", "ci", "--team", "data-science").strip();
        assertThat(accounts.caller(key).orElseThrow().team().name()).isEqualTo("Data Science");
        assertThat(caisson(1, "teams", "create", "data science")).contains("choose another slug");
        assertThat(caisson(1, "keys", "list", "--team", "nobody")).contains("caisson teams list");
    }

    @Test
    void withoutACommandTheyAskForOne() {
        assertThat(caisson(2, "keys")).contains("create, list, rename or revoke").contains("Usage: caisson keys");
        assertThat(caisson(2, "teams")).contains("create or list");
        assertThat(caisson(0, "keys", "create", "--help")).contains("Example: export E2B_API_KEY=");
    }

    private String caisson(int expected, String... words) {
        return plane.caisson(expected, words);
    }
}
