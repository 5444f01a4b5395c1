package dev.caisson.host.journal;

import dev.caisson.node.Ingress;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.Pause;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Journals of servers before this one: sandboxes go on running while the server is upgraded. */
final class EarlierJournals {
    private EarlierJournals() {}

    /** Adds what was not written yet, as it was in force then. */
    static JsonNode complete(JsonNode journal) {
        if (journal.path("info") instanceof ObjectNode info) {
            complete(info, "ingress", Ingress.OPEN);
            complete(info, "lifecycle", Lifecycle.ending(Duration.ofMinutes(5)));
            complete(info, "pause", Pause.NONE);
        }
        if (journal instanceof ObjectNode whole) {
            complete(whole, "guest", new Journal.GuestDefaults("user", "/home/user", Map.of()));
            complete(whole, "atDeadline", Lifecycle.OnTimeout.KILL);
        }
        return journal;
    }

    private static void complete(ObjectNode part, String name, Object value) {
        if (!part.has(name)) {
            part.set(name, JournalFormat.MAPPER.valueToTree(value));
        }
    }
}
