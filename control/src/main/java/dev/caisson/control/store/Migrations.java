package dev.caisson.control.store;

import dev.caisson.base.Category;
import dev.caisson.control.ControlException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Brings the schema up to date: numbered scripts beside this class, each applied once in a transaction of its own. SQLite's
 * {@code user_version} says how many were.
 */
final class Migrations {
    /** In order; a script that was released is never changed, only followed by another. */
    private static final List<String> SCRIPTS = List.of("1-accounts.sql", "2-template-use.sql", "3-idempotency.sql", "4-snapshots.sql");

    private Migrations() {}

    static void apply(Jdbi jdbi) {
        int applied = jdbi.withHandle(Migrations::version);
        if (applied > SCRIPTS.size()) {
            throw new ControlException(
                    Category.INTERNAL,
                    "it was written by a newer Caisson (schema " + applied + ", this one knows " + SCRIPTS.size() + ")");
        }
        for (int next = applied; next < SCRIPTS.size(); next++) {
            var script = read(SCRIPTS.get(next));
            int version = next + 1;
            jdbi.useTransaction(handle -> {
                handle.createScript(script).execute();
                // A pragma takes no bound parameter; the number is our own.
                handle.execute("pragma user_version = " + version);
            });
        }
    }

    private static int version(Handle handle) {
        return handle.createQuery("pragma user_version").mapTo(Integer.class).one();
    }

    private static String read(String name) {
        try (var stream = Migrations.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new ControlException(Category.INTERNAL, "the script " + name + " is missing from this program");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ControlException(Category.INTERNAL, "could not read the script " + name, e);
        }
    }
}
