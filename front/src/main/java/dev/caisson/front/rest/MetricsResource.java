package dev.caisson.front.rest;

import dev.caisson.control.SandboxHistory;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import dev.caisson.http.PathParameters;
import dev.caisson.http.Query;
import dev.caisson.node.TeamSample;
import dev.caisson.node.UsageSample;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** What sandboxes and teams used: {@code …/metrics} ({@code contract/rest-api.md} §3.1, §3.4, §10.1). */
final class MetricsResource {
    private static final int MOST_IDS = 100;
    /** The end of the year 9999. */
    private static final long LATEST_SECOND = 253_402_300_799L;

    private final SandboxHistory history;

    MetricsResource(SandboxHistory history) {
        this.history = history;
    }

    record SandboxMetric(
            Instant timestamp,
            long timestampUnix,
            int cpuCount,
            double cpuUsedPct,
            long memUsed,
            long memTotal,
            long memCache,
            long diskUsed,
            long diskTotal) {

        static SandboxMetric of(UsageSample sample) {
            return new SandboxMetric(
                    sample.at().truncatedTo(ChronoUnit.MILLIS), sample.at().getEpochSecond(), sample.cpus(), sample.cpuPercent(),
                    sample.memoryUsed(), sample.memoryTotal(), sample.memoryCache(), sample.diskUsed(), sample.diskTotal());
        }
    }

    record SandboxesWithMetrics(Map<String, SandboxMetric> sandboxes) {}

    record TeamMetric(Instant timestamp, long timestampUnix, int concurrentSandboxes, double sandboxStartRate) {
        static TeamMetric of(TeamSample sample) {
            return new TeamMetric(
                    sample.at().truncatedTo(ChronoUnit.MILLIS), sample.at().getEpochSecond(), sample.sandboxes(),
                    sample.startsPerSecond());
        }
    }

    record MaxTeamMetric(Instant timestamp, long timestampUnix, double value) {}

    void ofSandbox(Team team, Exchange exchange, PathParameters path) throws IOException {
        var query = Query.of(exchange);
        var samples = history.usage(team, path.get("id"), moment(query, "start"), moment(query, "end"));
        Json.send(exchange, 200, samples.stream().map(SandboxMetric::of).toList());
    }

    void ofSandboxes(Team team, Exchange exchange, PathParameters path) throws IOException {
        var metrics = new TreeMap<String, SandboxMetric>();
        history.latest(team, ids(Query.of(exchange))).forEach((id, sample) -> metrics.put(id.value(), SandboxMetric.of(sample)));
        Json.send(exchange, 200, new SandboxesWithMetrics(metrics));
    }

    private static List<String> ids(Query query) {
        var ids = query.list("sandbox_ids");
        if (!query.has("sandbox_ids")) {
            throw HttpException.validation("parameter \"sandbox_ids\" is required");
        }
        if (ids.size() > MOST_IDS || new HashSet<>(ids).size() < ids.size()) {
            throw HttpException.validation("parameter \"sandbox_ids\" must name at most " + MOST_IDS + " sandboxes, each once");
        }
        return ids;
    }

    void ofTeam(Team team, Exchange exchange, PathParameters path) throws IOException {
        Json.send(exchange, 200, teamSamples(team, exchange, path).stream().map(TeamMetric::of).toList());
    }

    /** Where nothing ran, the highest is 0, at the end of the range. */
    void highestOfTeam(Team team, Exchange exchange, PathParameters path) throws IOException {
        var query = Query.of(exchange);
        var figure = figure(query);
        var highest = teamSamples(team, exchange, path).stream().max(Comparator.comparingDouble(figure));
        var at = highest.map(TeamSample::at).or(() -> moment(query, "end")).orElseGet(Instant::now).truncatedTo(ChronoUnit.MILLIS);
        var value = highest.map(figure::applyAsDouble).orElse(0.0);
        Json.send(exchange, 200, new MaxTeamMetric(at, at.getEpochSecond(), value));
    }

    private static ToDoubleFunction<TeamSample> figure(Query query) {
        return switch (query.first("metric").orElse("")) {
            case "concurrent_sandboxes" -> TeamSample::sandboxes;
            case "sandbox_start_rate" -> TeamSample::startsPerSecond;
            default -> throw HttpException.validation(
                    "parameter \"metric\" must be 'concurrent_sandboxes' or 'sandbox_start_rate'");
        };
    }

    private List<TeamSample> teamSamples(Team team, Exchange exchange, PathParameters path) {
        var query = Query.of(exchange);
        return history.team(team, path.get("id"), moment(query, "start"), moment(query, "end"));
    }

    private static Optional<Instant> moment(Query query, String name) {
        return query.number(name, 0, LATEST_SECOND).map(Instant::ofEpochSecond);
    }
}
