package dev.caisson.control.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.caisson.base.Category;
import dev.caisson.control.ControlException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded database: one file, write-ahead log, one connection because SQLite has one writer and our queries are tiny.
 * Native calls hold their carrier thread, so nothing on a hot path may need it.
 */
public final class SqliteDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteDatabase.class);
    private final ExecutorService later = Executors.newSingleThreadExecutor(Thread.ofVirtual().name("control-db").factory());
    private final HikariDataSource source;
    private final Jdbi jdbi;

    private SqliteDatabase(HikariDataSource source) {
        this.source = source;
        this.jdbi = Jdbi.create(source);
    }

    /**
     * Opens the file, making it if there is none, and brings its schema up to date.
     *
     * @throws ControlException {@code INTERNAL} if it cannot be read or was written by a newer Caisson
     */
    public static SqliteDatabase open(Path file) {
        var config = new HikariConfig();
        config.setJdbcUrl("jdbc:sqlite:" + file + "?journal_mode=WAL&busy_timeout=10000&foreign_keys=true&synchronous=NORMAL");
        config.setMaximumPoolSize(1);
        config.setPoolName("control");
        try {
            var database = new SqliteDatabase(new HikariDataSource(config));
            try {
                Migrations.apply(database.jdbi);
                return database;
            } catch (JdbiException | ControlException e) {
                database.close();
                throw e;
            }
        } catch (PoolInitializationException | JdbiException | ControlException e) {
            throw new ControlException(
                    Category.INTERNAL,
                    "could not open the database " + file + ": " + e.getMessage() + "; move the file away to start with an empty one",
                    e);
        }
    }

    Jdbi jdbi() {
        return jdbi;
    }

    /**
     * Writes what nobody has to wait for, in order. Closing the database writes what is left; what comes after that is
     * dropped, and so is what cannot be written, which the log tells.
     */
    void soon(HandleConsumer<JdbiException> update) {
        try {
            later.execute(() -> {
                try {
                    jdbi.useHandle(update);
                } catch (JdbiException e) {
                    LOG.warn("could not write to the database", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("the database is closed already", e);
        }
    }

    @Override
    public void close() {
        later.close();
        source.close();
    }
}
