package dev.caisson.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.SandboxId;
import dev.caisson.base.testing.ManualClock;
import dev.caisson.control.store.SqlAccountStore;
import dev.caisson.control.store.SqlSnapshotStore;
import dev.caisson.control.store.SqliteDatabase;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.SnapshotInfo;
import dev.caisson.node.testing.FakeNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of snapshots in the database, and what becomes of what a server left half done. */
class SnapshotTemplatesTest {
    private static final SnapshotQuery ALL = new SnapshotQuery(Optional.empty(), Optional.empty(), 100, Optional.empty());

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00.123456Z"));
    private final FakeNode node = new FakeNode(clock);
    private SqliteDatabase database;
    private Team team;
    private SandboxId sandbox;

    @BeforeEach
    void start(@TempDir Path folder) {
        database = SqliteDatabase.open(folder.resolve("control.db"));
        team = new Accounts(new SqlAccountStore(database), clock).defaultTeam(3, Duration.ofHours(1));
        sandbox = node.create(new CreateRequest("base", team.id(), Duration.ofMinutes(5), true, true, Map.of(), Map.of())).id();
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private SnapshotTemplates server() {
        return new SnapshotTemplates(node, new SqlSnapshotStore(database));
    }

    private static NamedSnapshot take(SnapshotTemplates server, Team team, SandboxId sandbox, String name) {
        return server.take(team, sandbox.value(), Optional.of(name).filter(text -> !text.isEmpty()), true);
    }

    @Test
    void aLaterServerKnowsThemAll() {
        var first = server();
        take(first, team, sandbox, "state:a");
        clock.advance(Duration.ofSeconds(1));
        var b = take(first, team, sandbox, "state:b");
        clock.advance(Duration.ofSeconds(1));
        var unnamed = take(first, team, sandbox, "");
        var later = server();
        assertThat(later.repair(List.of(team))).isEmpty();
        assertThat(later.list(team, ALL).rows()).containsExactly(unnamed, b);
        assertThat(later.find(team, "state:a", TemplateReference.parse("state:a"))).isPresent();
        assertThat(later.delete(team, "state")).isTrue();
        assertThat(server().list(team, ALL).rows()).containsExactly(unnamed);
        assertThat(node.snapshots().list()).hasSize(1);
    }

    @Test
    void contentsWithoutANameAreNotThereAndALaterServerDeletesThem() {
        var kept = take(server(), team, sandbox, "state");
        var orphan = node.snapshots().take(sandbox, true);
        var later = server();
        assertThat(later.list(team, ALL).rows()).containsExactly(kept);
        assertThat(later.repair(List.of(team))).singleElement().asString().contains(orphan.id().value(), "not finished");
        assertThat(node.snapshots().list()).containsExactly(kept.contents());
    }

    @Test
    void contentsOfATeamThatThisDatabaseDoesNotKnowAreLeftAlone() {
        node.snapshots().take(sandbox, true);
        assertThat(server().repair(List.of())).isEmpty();
        assertThat(node.snapshots().list()).hasSize(1);
    }

    @Test
    void whatCannotBeWrittenDownIsNotKept() {
        var failing = new SnapshotTemplates(node, new FakeSnapshotStore() {
            @Override
            public void put(SnapshotTemplate template) {
                throw new IllegalStateException("the database is read-only");
            }
        });
        assertThatThrownBy(() -> take(failing, team, sandbox, "state")).hasMessageContaining("read-only");
        assertThat(node.snapshots().list()).isEmpty();
        assertThat(failing.list(team, ALL).rows()).isEmpty();
    }

    @Test
    void momentsAreKeptToTheMicrosecond() {
        var taken = take(server(), team, sandbox, "state");
        var store = new SqlSnapshotStore(database);
        assertThat(store.load()).singleElement().satisfies(template -> {
            assertThat(template.builds().getFirst().taken()).isEqualTo(taken.contents().taken());
            assertThat(template.builds().getFirst().source()).isEqualTo(sandbox);
            assertThat(template.alias()).contains("state");
        });
    }

    @Test
    void anAliasMayNotBeATemplatesId() {
        var unnamed = take(server(), team, sandbox, "");
        var id = unnamed.reference().substring(0, unnamed.reference().indexOf(':'));
        assertThatThrownBy(() -> take(server(), team, sandbox, id)).hasMessage("Alias '" + id + "' is already used");
        assertThat(node.snapshots().list()).extracting(SnapshotInfo::id).containsExactly(unnamed.contents().id());
    }
}
