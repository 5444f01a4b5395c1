package dev.caisson.node;

import java.time.Instant;
import java.util.List;

/**
 * What a node found when it started.
 *
 * @param adopted sandboxes that were still running and go on
 * @param repaired one line each: what was half done, left over or dead, and what was done about it
 */
public record RepairReport(Instant when, int adopted, List<String> repaired) {
    public RepairReport {
        repaired = List.copyOf(repaired);
    }
}
