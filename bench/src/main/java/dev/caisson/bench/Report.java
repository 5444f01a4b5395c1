package dev.caisson.bench;

import java.util.Locale;

/** Findings for people: a table of times, one of figures, and what was refused; each only if there is any. */
final class Report {
    private Report() {}

    static String of(Findings findings) {
        var text = new StringBuilder();
        if (!findings.rows().isEmpty()) {
            text.append("| ms | n | p50 | p99 | bare p50 | bare p99 | ratio |\n|---|---|---|---|---|---|---|\n");
            findings.rows().forEach(row -> text.append(String.format(
                    Locale.ROOT, "| %s | %d | %.2f | %.2f | %.2f | %.2f | %.2f |%n",
                    row.what(), row.count(), row.p50(), row.p99(), row.bareP50(), row.bareP99(), row.ratio())));
        }
        if (!findings.figures().isEmpty()) {
            text.append(text.isEmpty() ? "" : "\n").append("| figure | |\n|---|---|\n");
            findings.figures().forEach(figure -> text.append(String.format(
                    Locale.ROOT, "| %s | %s |%n", figure.what(), String.format(Locale.ROOT, "%.1f %s", figure.value(), figure.unit()).strip())));
        }
        if (!findings.refused().isEmpty()) {
            text.append(text.isEmpty() ? "" : "\n");
            findings.refused().forEach(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }
}
