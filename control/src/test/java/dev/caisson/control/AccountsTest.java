package dev.caisson.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.Category;
import dev.caisson.control.store.SqlAccountStore;
import dev.caisson.control.store.SqliteDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountsTest {
    @TempDir
    private Path folder;

    private SqliteDatabase database;
    private Accounts accounts;
    private Team team;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(folder.resolve("control.db"));
        accounts = new Accounts(new SqlAccountStore(database), InstantSource.system());
        team = accounts.defaultTeam(20, Duration.ofHours(1));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aKeyOpensItsTeam() {
        var made = accounts.createKey(team, "laptop");
        assertThat(accounts.authenticate(made.key().text())).isEqualTo(team);
    }

    @Test
    void anUnknownKeyIsRefusedWithTheTextClientsKnow() {
        assertThatThrownBy(() -> accounts.authenticate("e2b_00"))
                .isInstanceOfSatisfying(ControlException.class, e -> assertThat(e.category()).isEqualTo(Category.UNAUTHENTICATED))
                .hasMessageStartingWith("Invalid API key, please visit https://e2b.dev/docs/api-key for more information.\n");
    }

    @Test
    void keysSurviveAReopening() {
        var made = accounts.createKey(team, "laptop");
        database.close();
        open();
        assertThat(accounts.authenticate(made.key().text())).isEqualTo(team);
    }

    @Test
    void aRevokedKeyIsRefusedAtOnce() {
        var made = accounts.createKey(team, "laptop");
        accounts.authenticate(made.key().text());
        accounts.revokeKey(team, made.info().id());
        assertThatThrownBy(() -> accounts.authenticate(made.key().text())).isInstanceOf(ControlException.class);
    }

    @Test
    void revokingWhatIsNotThereSaysSo() {
        assertThatThrownBy(() -> accounts.revokeKey(team, "nothing")).hasMessage("API key not found");
    }

    @Test
    void useIsNoted() {
        var made = accounts.createKey(team, "laptop");
        accounts.authenticate(made.key().text());
        await().untilAsserted(() -> assertThat(accounts.keys(team).getFirst().lastUsed()).isPresent());
    }

    @Test
    void aKeyCanBeRenamed() {
        var made = accounts.createKey(team, "laptop");
        accounts.renameKey(team, made.info().id(), "desk");
        assertThat(accounts.keys(team)).extracting(KeyInfo::name).containsExactly("desk");
    }

    @Test
    void theDatabaseHoldsNoKeyInClear() throws Exception {
        var made = accounts.createKey(team, "laptop");
        database.close();
        var secret = made.key().text().substring(ApiKey.PREFIX.length());
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)).doesNotContain(secret);
            }
        }
    }

    @Test
    void aFileThatIsNoDatabaseSaysWhatToDo() throws Exception {
        Files.writeString(folder.resolve("broken.db"), "this is not SQLite, whatever its name says, and it is long enough");
        assertThatThrownBy(() -> SqliteDatabase.open(folder.resolve("broken.db")))
                .isInstanceOf(ControlException.class)
                .hasMessageContaining("move the file away");
    }
}
