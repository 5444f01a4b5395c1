package dev.caisson.control.store;

import dev.caisson.control.TemplateUse;
import dev.caisson.control.TemplateUseStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** Uses of templates in SQL. Times are milliseconds since 1970. */
public final class SqlTemplateUseStore implements TemplateUseStore {
    private final SqliteDatabase database;
    private final Jdbi jdbi;

    public SqlTemplateUseStore(SqliteDatabase database) {
        this.database = database;
        this.jdbi = database.jdbi();
    }

    @Override
    public Map<String, TemplateUse> load() {
        return jdbi.withHandle(handle -> handle.createQuery("select template_id, spawned, last_spawned from template_use")
                .map((row, context) -> Map.entry(row.getString("template_id"), use(row)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    @Override
    public void put(String templateId, TemplateUse use) {
        database.soon(handle -> handle.createUpdate("""
                        insert into template_use (template_id, spawned, last_spawned) values (:id, :spawned, :last)
                        on conflict (template_id) do update set spawned = excluded.spawned, last_spawned = excluded.last_spawned""")
                .bind("id", templateId)
                .bind("spawned", use.spawned())
                .bind("last", use.lastSpawned().map(Instant::toEpochMilli).orElse(null))
                .execute());
    }

    private static TemplateUse use(ResultSet row) throws SQLException {
        var last = row.getLong("last_spawned");
        return new TemplateUse(row.getLong("spawned"), row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(last)));
    }
}
