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
import java.util.ArrayList;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        assertThat(accounts.caller(made.key().text())).contains(new Caller(team, made.info().id()));
    }

    @Test
    void anUnknownKeyIsNobodys() {
        assertThat(accounts.caller("e2b_00")).isEmpty();
        assertThat(accounts.caller("junk")).isEmpty();
    }

    @Test
    void keysSurviveAReopening() {
        var made = accounts.createKey(team, "laptop");
        database.close();
        open();
        assertThat(accounts.caller(made.key().text())).contains(new Caller(team, made.info().id()));
    }

    @Test
    void aRevokedKeyIsRefusedAtOnce() {
        var made = accounts.createKey(team, "laptop");
        assertThat(accounts.caller(made.key().text())).isPresent();
        accounts.revokeKey(team, made.info().id());
        assertThat(accounts.caller(made.key().text())).isEmpty();
    }

    @Test
    void revokingWhatIsNotThereSaysSo() {
        assertThatThrownBy(() -> accounts.revokeKey(team, new UUID(0, 1).toString())).hasMessage("API key not found");
        assertThatThrownBy(() -> accounts.revokeKey(team, "nothing")).hasMessage("Invalid API key ID");
    }

    @Test
    void useIsNoted() {
        var made = accounts.createKey(team, "laptop");
        accounts.caller(made.key().text());
        await().untilAsserted(() -> assertThat(accounts.keys(team).getFirst().lastUsed()).isPresent());
    }

    @Test
    void aKeyCanBeRenamed() {
        var made = accounts.createKey(team, "laptop");
        accounts.renameKey(team, made.info().id(), "desk");
        assertThat(accounts.keys(team)).extracting(KeyInfo::name).containsExactly("desk");
    }

    @Test
    void whoWantsToKnowIsToldAfterARevocation() {
        var left = new ArrayList<KeyInfo>();
        accounts.afterRevocation(() -> left.addAll(accounts.keys(team)));
        var made = accounts.createKey(team, "laptop");
        var other = accounts.createKey(team, "desk");
        accounts.revokeKey(team, made.info().id());
        assertThat(left).containsExactly(other.info());
    }

    @Test
    void anotherTeamsKeyIsNotFound() {
        var made = accounts.createKey(team, "laptop");
        var other = accounts.createTeam(new NewTeam("Other", Optional.empty(), 1, Duration.ofHours(1)));
        assertThatThrownBy(() -> accounts.revokeKey(other, made.info().id())).hasMessage("API key not found");
        assertThatThrownBy(() -> accounts.renameKey(other, made.info().id(), "x")).hasMessage("API key not found");
        assertThat(accounts.caller(made.key().text())).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "a\nb"})
    void aKeysNameIsOneLine(String name) {
        assertThatThrownBy(() -> accounts.createKey(team, name))
                .isInstanceOfSatisfying(ControlException.class, e -> assertThat(e.category()).isEqualTo(Category.INVALID));
    }

    @Test
    void aTeamGetsASlugOfItsNameAndKeepsItsLimits() {
        var made = accounts.createTeam(new NewTeam("Data & Science!", Optional.empty(), 7, Duration.ofMinutes(30)));
        assertThat(made.slug()).isEqualTo("data-science");
        assertThat(accounts.team(made.id())).isEqualTo(made);
        assertThat(accounts.teams()).containsExactly(team, made);
    }

    @Test
    void aSlugIsTakenOnce() {
        assertThatThrownBy(() -> accounts.createTeam(new NewTeam("Default", Optional.empty(), 1, Duration.ofHours(1))))
                .isInstanceOfSatisfying(ControlException.class, e -> assertThat(e.category()).isEqualTo(Category.CONFLICT))
                .hasMessageContaining("choose another slug");
    }

    @Test
    void badTeamsAreInvalid() {
        for (var slug : new String[] {"", "-a", "A", "a/b", "a".repeat(64)}) {
            assertThatThrownBy(() -> new NewTeam("Name", Optional.of(slug), 1, Duration.ofHours(1))).hasMessageContaining("slug");
        }
        assertThatThrownBy(() -> new NewTeam("Name", Optional.empty(), 0, Duration.ofHours(1))).hasMessageContaining("limits");
        assertThatThrownBy(() -> accounts.createTeam(new NewTeam("???", Optional.empty(), 1, Duration.ofHours(1))))
                .hasMessageContaining("slug");
    }

    @Test
    void teamsAreFoundByUuidOnly() {
        assertThatThrownBy(() -> accounts.team("default")).hasMessage("Invalid team ID");
        assertThatThrownBy(() -> accounts.team(new UUID(1, 1).toString())).hasMessage("Team not found");
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
