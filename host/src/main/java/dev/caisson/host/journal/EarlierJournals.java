package dev.caisson.host.journal;

import dev.caisson.node.Ingress;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Journals of servers before this one: sandboxes go on running while the server is upgraded. */
final class EarlierJournals {
    private EarlierJournals() {}

    /** Adds what was not written yet, as it was in force then. */
    static JsonNode complete(JsonNode journal) {
        if (journal.path("info") instanceof ObjectNode info && !info.has("ingress")) {
            info.set("ingress", JournalFormat.MAPPER.valueToTree(Ingress.OPEN));
        }
        return journal;
    }
}
