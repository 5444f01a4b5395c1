package dev.caisson.control.store;

import dev.caisson.base.SandboxId;
import dev.caisson.control.SnapshotStore;
import dev.caisson.control.SnapshotTemplate;
import dev.caisson.node.SnapshotId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Names and owners of snapshots in SQL. Times are microseconds since 1970. */
public final class SqlSnapshotStore implements SnapshotStore {
    private static final long MICROS = 1_000_000;
    private final Jdbi jdbi;

    public SqlSnapshotStore(SqliteDatabase database) {
        this.jdbi = database.jdbi();
    }

    private record Row(String templateId, SnapshotTemplate.Build build) {}

    @Override
    public List<SnapshotTemplate> load() {
        return jdbi.withHandle(handle -> {
            var builds = builds(handle);
            return handle.createQuery("select id, team_id, alias from snapshot_template")
                    .map((row, context) -> new SnapshotTemplate(
                            row.getString("id"), row.getString("team_id"), Optional.ofNullable(row.getString("alias")),
                            builds.getOrDefault(row.getString("id"), List.of())))
                    .list();
        });
    }

    private static Map<String, List<SnapshotTemplate.Build>> builds(Handle handle) {
        return handle.createQuery("select id, template_id, tag, source, taken from snapshot_build order by taken desc, id")
                .map((row, context) -> new Row(row.getString("template_id"), build(row)))
                .collect(Collectors.groupingBy(Row::templateId, Collectors.mapping(Row::build, Collectors.toList())));
    }

    private static SnapshotTemplate.Build build(ResultSet row) throws SQLException {
        var taken = row.getLong("taken");
        return new SnapshotTemplate.Build(
                new SnapshotId(row.getString("id")), row.getString("tag"), new SandboxId(row.getString("source")),
                Instant.ofEpochSecond(Math.floorDiv(taken, MICROS), Math.floorMod(taken, MICROS) * 1000));
    }

    @Override
    public void put(SnapshotTemplate template) {
        durably(handle -> {
            handle.createUpdate("insert into snapshot_template (id, team_id, alias) values (:id, :team, :alias) on conflict (id) do nothing")
                    .bind("id", template.id())
                    .bind("team", template.teamId())
                    .bind("alias", template.alias().orElse(null))
                    .execute();
            deleteBuilds(handle, template.id());
            template.builds().forEach(build -> insert(handle, template.id(), build));
        });
    }

    private static void insert(Handle handle, String templateId, SnapshotTemplate.Build build) {
        handle.createUpdate("""
                        insert into snapshot_build (id, template_id, tag, source, taken)
                        values (:id, :template, :tag, :source, :taken)""")
                .bind("id", build.id().value())
                .bind("template", templateId)
                .bind("tag", build.tag())
                .bind("source", build.source().value())
                .bind("taken", build.taken().getEpochSecond() * MICROS + build.taken().getNano() / 1000)
                .execute();
    }

    @Override
    public void delete(String templateId) {
        durably(handle -> {
            deleteBuilds(handle, templateId);
            handle.createUpdate("delete from snapshot_template where id = :id").bind("id", templateId).execute();
        });
    }

    private static void deleteBuilds(Handle handle, String templateId) {
        handle.createUpdate("delete from snapshot_build where template_id = :id").bind("id", templateId).execute();
    }

    /** In a transaction that also survives a power cut: the contents do, and without a name they would be deleted. */
    private void durably(HandleConsumer<JdbiException> work) {
        jdbi.useHandle(handle -> {
            handle.execute("pragma synchronous = full");
            try {
                handle.useTransaction(work);
            } finally {
                handle.execute("pragma synchronous = normal");
            }
        });
    }
}
