package dev.caisson.app.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Calls that save the states of sandboxes and go back to them. Safe for use by many threads. */
public final class RemoteStates {
    private final ApiClient api;

    public RemoteStates(ApiClient api) {
        this.api = api;
    }

    /** @param agentMustAnswer refuse if the sandbox's agent is dead */
    public void pause(String id, boolean memory, boolean agentMustAnswer) {
        api.post(sandbox(id) + "/pause", Map.of("memory", memory, "requireHealthyGuest", agentMustAnswer));
    }

    /** @param memory false boots it from its files */
    public void resume(String id, Optional<Duration> timeout, boolean memory) {
        var body = new LinkedHashMap<String, Object>();
        body.put("memory", memory);
        timeout.ifPresent(time -> body.put("timeout", time.toSeconds()));
        api.post("/v2/sandboxes/" + encoded(id) + "/connect", body);
    }

    /** What became of each, {@code sandbox} or {@code error}. */
    public JsonNode fork(String id, int count, Duration timeout) {
        return api.post(sandbox(id) + "/fork", Map.of("count", count, "timeout", timeout.toSeconds()));
    }

    public JsonNode takeSnapshot(String id, Optional<String> name, boolean memory) {
        var body = new LinkedHashMap<String, Object>();
        body.put("memory", memory);
        name.ifPresent(text -> body.put("name", text));
        return api.post(sandbox(id) + "/snapshots", body);
    }

    public JsonNode snapshots(Optional<String> sandbox, Optional<String> name) {
        var filters = Stream.concat(
                        sandbox.map(text -> "sandboxID=" + encoded(text)).stream(), name.map(text -> "name=" + encoded(text)).stream())
                .collect(Collectors.joining("&"));
        return api.pages("/snapshots", filters);
    }

    public void deleteSnapshot(String reference) {
        api.delete("/templates/" + encoded(reference));
    }

    public JsonNode takeCheckpoint(String id, String name) {
        return api.post(checkpoints(id), Map.of("name", name));
    }

    /** Newest first. */
    public List<JsonNode> checkpointsOf(String id) {
        return api.pages(checkpoints(id), "").valueStream().toList();
    }

    public void rollBack(String id, String checkpoint) {
        api.post(checkpoints(id) + "/" + encoded(checkpoint) + "/rollback", Map.of());
    }

    /** @param to a later checkpoint; empty for now */
    public void diff(String id, String from, Optional<String> to, Consumer<JsonNode> each) {
        api.lines(checkpoints(id) + "/" + encoded(from) + "/diff" + to.map(other -> "?to=" + encoded(other)).orElse(""), each);
    }

    public void deleteCheckpoint(String id, String checkpoint) {
        api.delete(checkpoints(id) + "/" + encoded(checkpoint));
    }

    /** Everything about a sandbox. */
    public JsonNode detail(String id) {
        return api.get(sandbox(id));
    }

    private static String checkpoints(String id) {
        return sandbox(id) + "/checkpoints";
    }

    private static String sandbox(String id) {
        return "/sandboxes/" + encoded(id);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
