package dev.caisson.e2e;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Scenarios by clients, as {@code docs/compatibility.md} shows them. */
final class CompatibilityTable {
    private final String corner;
    private final Map<String, Map<String, Outcome>> byClient = new LinkedHashMap<>();

    CompatibilityTable(String corner) {
        this.corner = corner;
    }

    void add(String client, List<Outcome> outcomes) {
        var byScenario = new LinkedHashMap<String, Outcome>();
        outcomes.forEach(outcome -> byScenario.put(outcome.scenario(), outcome));
        byClient.put(client, byScenario);
    }

    /** In Markdown: the table, and below it what versions lack. */
    String markdown() {
        var scenarios = new LinkedHashSet<String>();
        byClient.values().forEach(outcomes -> scenarios.addAll(outcomes.keySet()));
        var lines = new ArrayList<String>();
        lines.add(row(corner, byClient.keySet().stream().toList()));
        lines.add("|---".repeat(byClient.size() + 1) + "|");
        scenarios.forEach(scenario -> lines.add(row(scenario, cells(scenario))));
        var lacks = scenarios.stream().flatMap(scenario -> lacks(scenario).stream()).toList();
        if (!lacks.isEmpty()) {
            lines.add("");
            lines.addAll(lacks);
        }
        return String.join("\n", lines) + "\n";
    }

    private List<String> cells(String scenario) {
        return byClient.values().stream()
                .map(outcomes -> outcomes.containsKey(scenario) ? outcomes.get(scenario).state().cell() : "not run")
                .toList();
    }

    private List<String> lacks(String scenario) {
        var clients = new LinkedHashMap<String, List<String>>();
        byClient.forEach((client, outcomes) -> {
            var outcome = outcomes.get(scenario);
            if (outcome != null && outcome.state() == Outcome.State.ABSENT) {
                clients.computeIfAbsent(outcome.why(), _ -> new ArrayList<>()).add(client);
            }
        });
        return clients.entrySet().stream()
                .map(lack -> "- " + scenario + " – " + lack.getKey() + ": " + String.join(", ", lack.getValue()))
                .toList();
    }

    private static String row(String first, List<String> others) {
        return others.stream().collect(Collectors.joining(" | ", "| " + first + " | ", " |"));
    }
}
