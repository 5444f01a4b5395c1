package dev.caisson.engine.gvisor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Times by name, printed as medians. */
final class Figures {
    private final Map<String, List<Double>> millis = new LinkedHashMap<>();

    /** Adds the time from {@code begunNanos} to now. */
    void add(String what, long begunNanos) {
        millis.computeIfAbsent(what, key -> new ArrayList<>()).add((System.nanoTime() - begunNanos) / 1e6);
    }

    void print() {
        millis.forEach((what, values) -> {
            Collections.sort(values);
            System.out.printf("%-32s median %6.1f ms, least %6.1f, most %6.1f%n", what, values.get(values.size() / 2), values.getFirst(),
                    values.getLast());
        });
    }
}
