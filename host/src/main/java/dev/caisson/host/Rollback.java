package dev.caisson.host;

import dev.caisson.host.journal.Journal;
import dev.caisson.host.snapshot.SavedState;
import java.time.Instant;

/**
 * What a sandbox is to be put back to.
 *
 * @param to held meanwhile
 * @param memory the name of the folder for its memory
 * @param since when it is paused there
 * @param before the journal in force until then
 */
record Rollback(SavedState to, String memory, Instant since, Journal before) {}
