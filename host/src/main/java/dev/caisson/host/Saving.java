package dev.caisson.host;

import dev.caisson.host.journal.Journal;
import java.time.Instant;

/**
 * What a sandbox is to be saved as.
 *
 * @param memory the name of the folder for its memory; empty if only its files are kept
 * @param agentMustAnswer refuse otherwise
 * @param since when it is paused
 * @param of the journal that the one of the pause follows from
 * @param before the journal in force until then
 */
record Saving(String memory, boolean agentMustAnswer, Instant since, Journal of, Journal before) {
    boolean savesMemory() {
        return !memory.isEmpty();
    }
}
