package dev.caisson.control.store;

import dev.caisson.control.IdempotencyStore;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Requests with an idempotency key in SQL. Times are milliseconds since 1970. */
public final class SqlIdempotencyStore implements IdempotencyStore {
    private final Jdbi jdbi;

    public SqlIdempotencyStore(SqliteDatabase database) {
        this.jdbi = database.jdbi();
    }

    @Override
    public Optional<Entry> find(String teamId, String key, Instant since) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select request, answer from idempotent_request where team_id = :team and key = :key and begun > :since")
                .bind("team", teamId)
                .bind("key", key)
                .bind("since", since.toEpochMilli())
                .map((row, context) -> new Entry(row.getString("request"), Optional.ofNullable(row.getBytes("answer"))))
                .findOne());
    }

    @Override
    public void begin(String teamId, String key, String request, Instant when) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert or replace into idempotent_request (team_id, key, request, begun)
                        values (:team, :key, :request, :begun)""")
                .bind("team", teamId)
                .bind("key", key)
                .bind("request", request)
                .bind("begun", when.toEpochMilli())
                .execute());
    }

    @Override
    public void finish(String teamId, String key, byte[] answer) {
        jdbi.useHandle(handle -> handle.createUpdate("update idempotent_request set answer = :answer where team_id = :team and key = :key")
                .bind("answer", answer)
                .bind("team", teamId)
                .bind("key", key)
                .execute());
    }

    @Override
    public void forget(String teamId, String key) {
        jdbi.useHandle(handle -> handle.createUpdate("delete from idempotent_request where team_id = :team and key = :key")
                .bind("team", teamId)
                .bind("key", key)
                .execute());
    }

    @Override
    public void prune(Instant since, int most) {
        jdbi.useTransaction(handle -> {
            handle.createUpdate("delete from idempotent_request where begun <= :since").bind("since", since.toEpochMilli()).execute();
            handle.createUpdate("""
                            delete from idempotent_request where rowid in (
                                select id from (
                                    select rowid as id, row_number() over (partition by team_id order by begun desc) as place
                                    from idempotent_request)
                                where place > :most)""")
                    .bind("most", most)
                    .execute();
        });
    }
}
