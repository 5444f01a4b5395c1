/**
 * Measurements against the running server, each beside the same by the bare tool in the same run.
 *
 * <p>Comes in: an installation that is up, and root. Goes out: a table for people and JSON for programs. Always holds: the two
 * sides take turns, round by round, so that what else the machine does falls on both; nothing is asserted here.
 */
@NullMarked
package dev.caisson.bench;

import org.jspecify.annotations.NullMarked;
