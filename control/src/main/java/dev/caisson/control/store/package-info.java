/**
 * The database: the only place with SQL.
 *
 * <p>Comes in: values of {@code control}. Goes out: the same values, read back. Always holds: one writer at a time (SQLite
 * in WAL mode), every statement is a constant with bound parameters, the schema is that of the migrations beside this
 * package.
 */
@NullMarked
package dev.caisson.control.store;

import org.jspecify.annotations.NullMarked;
