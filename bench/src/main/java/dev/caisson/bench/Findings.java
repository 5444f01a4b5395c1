package dev.caisson.bench;

import java.util.List;

/**
 * What a run of measurements gave.
 *
 * @param refused what the server would not do, and its words
 */
record Findings(List<Row> rows, List<Figure> figures, List<String> refused) {
    Findings {
        rows = List.copyOf(rows);
        figures = List.copyOf(figures);
        refused = List.copyOf(refused);
    }
}
