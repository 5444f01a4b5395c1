package dev.caisson.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.app.client.Access;
import dev.caisson.base.SandboxTokens;
import dev.caisson.base.Seal;
import dev.caisson.control.Accounts;
import dev.caisson.control.Idempotency;
import dev.caisson.control.Sandboxes;
import dev.caisson.control.Team;
import dev.caisson.control.TemplateUses;
import dev.caisson.control.Templates;
import dev.caisson.control.store.SqlAccountStore;
import dev.caisson.control.store.SqlIdempotencyStore;
import dev.caisson.control.store.SqlTemplateUseStore;
import dev.caisson.control.store.SqliteDatabase;
import dev.caisson.front.jetty.JettyServer;
import dev.caisson.front.rest.RestApi;
import dev.caisson.front.rest.RestParts;
import dev.caisson.front.rest.ServerInfo;
import dev.caisson.front.rest.TeamLimits;
import dev.caisson.node.testing.FakeNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
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

    private SqliteDatabase database;
    private Accounts accounts;
    private Team team;
    private JettyServer server;

    @BeforeEach
    void serve() throws IOException {
        database = SqliteDatabase.open(data.resolve("control.db"));
        accounts = new Accounts(new SqlAccountStore(database), InstantSource.system());
        team = accounts.defaultTeam(3, Duration.ofHours(1));
        var node = new FakeNode(InstantSource.system());
        var templates = new Templates(node, new TemplateUses(new SqlTemplateUseStore(database), InstantSource.system()));
        var token = "0d".repeat(32);
        server = JettyServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), RestApi.create(new RestParts(
                accounts, new Sandboxes(node, templates, InstantSource.system()), templates,
                new Idempotency(new SqlIdempotencyStore(database), new Seal(new byte[32], "test"), InstantSource.system()), node,
                new SandboxTokens(new byte[32]),
                new ServerInfo(1, "1", "http://127.0.0.1:1", "", "fake 1", "none"), token, new TeamLimits(3, Duration.ofHours(1)))));
        Files.writeString(data.resolve(Access.URL_FILE), "http://127.0.0.1:" + server.address().getPort());
        Files.writeString(data.resolve(Access.KEY_FILE), accounts.createKey(team, "first").key().text());
        Files.writeString(data.resolve(Access.ADMIN_TOKEN_FILE), token);
    }

    @AfterEach
    void stop() {
        server.close();
        database.close();
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

    /** What a command prints on both its outputs. */
    private String caisson(int expected, String... words) {
        var printed = new ByteArrayOutputStream();
        var out = System.out;
        var err = System.err;
        var both = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(both);
        System.setErr(both);
        try {
            var line = new java.util.ArrayList<>(java.util.List.of(words));
            if (line.size() > 1) {
                line.add("--data=" + data);
            }
            assertThat(CaissonCommand.execute(line.toArray(String[]::new))).as(printed.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
