package dev.caisson.control.store;

import dev.caisson.control.AccountStore;
import dev.caisson.control.Caller;
import dev.caisson.control.KeyInfo;
import dev.caisson.control.KeyMask;
import dev.caisson.control.Team;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Teams and keys in SQL. Times are milliseconds since 1970. */
public final class SqlAccountStore implements AccountStore {
    private final SqliteDatabase database;
    private final Jdbi jdbi;

    public SqlAccountStore(SqliteDatabase database) {
        this.database = database;
        this.jdbi = database.jdbi();
    }

    @Override
    public void addTeam(Team team) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into team (id, name, slug, max_sandboxes, max_length_seconds, position)
                        values (:id, :name, :slug, :maxSandboxes, :maxLength, (select coalesce(max(position), 0) + 1 from team))""")
                .bind("id", team.id())
                .bind("name", team.name())
                .bind("slug", team.slug())
                .bind("maxSandboxes", team.maxSandboxes())
                .bind("maxLength", team.maxLength().toSeconds())
                .execute());
    }

    @Override
    public List<Team> teams() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select id as team_id, name as team_name, slug, max_sandboxes, max_length_seconds from team order by position")
                .map((row, context) -> team(row))
                .list());
    }

    @Override
    public void addKey(KeyInfo key, String hash) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into api_key (id, team_id, name, hash, value_length, mask_prefix, mask_suffix, created)
                        values (:id, :team, :name, :hash, :length, :maskPrefix, :maskSuffix, :created)""")
                .bind("id", key.id())
                .bind("team", key.teamId())
                .bind("name", key.name())
                .bind("hash", hash)
                .bind("length", key.mask().valueLength())
                .bind("maskPrefix", key.mask().maskedValuePrefix())
                .bind("maskSuffix", key.mask().maskedValueSuffix())
                .bind("created", key.created().toEpochMilli())
                .execute());
    }

    @Override
    public Optional<Caller> findByHash(String hash) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select api_key.id as key_id, team.id as team_id, team.name as team_name, slug, max_sandboxes,
                               max_length_seconds
                        from api_key join team on team.id = api_key.team_id where hash = :hash""")
                .bind("hash", hash)
                .map((row, context) -> new Caller(team(row), row.getString("key_id")))
                .findOne());
    }

    @Override
    public List<KeyInfo> keys(String teamId) {
        return jdbi.withHandle(handle -> handle.createQuery("select * from api_key where team_id = :team order by created, id")
                .bind("team", teamId)
                .map((row, context) -> key(row))
                .list());
    }

    @Override
    public boolean renameKey(String teamId, String keyId, String name) {
        return jdbi.withHandle(handle -> handle.createUpdate("update api_key set name = :name where id = :id and team_id = :team")
                        .bind("name", name)
                        .bind("id", keyId)
                        .bind("team", teamId)
                        .execute())
                == 1;
    }

    @Override
    public boolean removeKey(String teamId, String keyId) {
        return jdbi.withHandle(handle -> handle.createUpdate("delete from api_key where id = :id and team_id = :team")
                        .bind("id", keyId)
                        .bind("team", teamId)
                        .execute())
                == 1;
    }

    @Override
    public void used(String keyId, Instant when) {
        database.soon(handle -> handle.createUpdate("update api_key set last_used = :when where id = :id")
                .bind("when", when.toEpochMilli())
                .bind("id", keyId)
                .execute());
    }

    private static Team team(ResultSet row) throws SQLException {
        return new Team(
                row.getString("team_id"),
                row.getString("team_name"),
                row.getString("slug"),
                row.getInt("max_sandboxes"),
                Duration.ofSeconds(row.getLong("max_length_seconds")));
    }

    private static KeyInfo key(ResultSet row) throws SQLException {
        var lastUsed = row.getLong("last_used");
        return new KeyInfo(
                row.getString("id"),
                row.getString("team_id"),
                row.getString("name"),
                new KeyMask("e2b_", row.getInt("value_length"), row.getString("mask_prefix"), row.getString("mask_suffix")),
                Instant.ofEpochMilli(row.getLong("created")),
                lastUsed == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(lastUsed)));
    }
}
