package dev.caisson.app.client;

import dev.caisson.base.Category;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The log and the samples of one sandbox, read on from where they were left the time before. Used by one thread.
 */
public final class SandboxPast {
    /** As many lines as the server gives at once. */
    private static final int PAGE = 1000;

    private final ApiClient api;
    private final String id;
    private final String level;
    private Instant from;
    /** The lines of the millisecond {@code from}, which are given once more. */
    private final Set<JsonNode> given = new HashSet<>();

    /**
     * @param level the least that is read of the log; empty for all
     * @param since from when on
     */
    public SandboxPast(ApiClient api, String id, String level, Instant since) {
        this.api = api;
        this.id = URLEncoder.encode(id, StandardCharsets.UTF_8);
        this.level = level;
        this.from = since;
    }

    /** Whether it runs, or is paused. */
    public boolean exists() {
        try {
            api.get("/sandboxes/" + id);
            return true;
        } catch (ClientException e) {
            if (e.category() == Category.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** The lines of the log that came since this was last asked, oldest first. */
    public List<JsonNode> nextLines() {
        var lines = new ArrayList<JsonNode>();
        var full = true;
        while (full) {
            var page = api.get("/v2/sandboxes/" + id + "/logs?direction=forward&limit=" + PAGE + "&cursor=" + from.toEpochMilli()
                    + (level.isEmpty() ? "" : "&level=" + level)).path("logs");
            var before = lines.size();
            page.forEach(line -> {
                if (isNew(line)) {
                    lines.add(line);
                }
            });
            full = page.size() >= PAGE;
            if (full && lines.size() == before) {
                // One millisecond had more lines than a page has.
                from = from.plusMillis(1);
            }
        }
        return lines;
    }

    private boolean isNew(JsonNode line) {
        var at = Instant.parse(line.path("timestamp").asString());
        if (at.toEpochMilli() > from.toEpochMilli()) {
            given.clear();
            from = at;
        }
        return given.add(line);
    }

    /** The samples that were taken since this was last asked, oldest first. */
    public List<JsonNode> nextSamples() {
        var samples = new ArrayList<JsonNode>();
        api.get("/sandboxes/" + id + "/metrics" + (from.getEpochSecond() > 0 ? "?start=" + from.getEpochSecond() : ""))
                .forEach(samples::add);
        if (!samples.isEmpty()) {
            from = Instant.ofEpochSecond(samples.getLast().path("timestampUnix").asLong() + 1);
        }
        return samples;
    }

    /** The last sample. */
    public Optional<JsonNode> lastSample() {
        return api.get("/sandboxes/metrics?sandbox_ids=" + id).path("sandboxes").valueStream().findFirst();
    }
}
