package dev.caisson.front.rest;

import dev.caisson.control.Accounts;
import dev.caisson.control.NewTeam;
import dev.caisson.control.Sandboxes;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.Json;
import dev.caisson.http.PathParameters;
import java.io.IOException;
import java.time.Duration;

/** What only the operator may do: {@code /admin/…} of the contract and {@code /caisson/teams}, which is Caisson's own. */
final class AdminResource {
    private final Accounts accounts;
    private final Sandboxes sandboxes;
    private final TeamLimits limits;

    AdminResource(Accounts accounts, Sandboxes sandboxes, TeamLimits limits) {
        this.accounts = accounts;
        this.sandboxes = sandboxes;
        this.limits = limits;
    }

    record TeamAnswer(String teamID, String name, String slug, int maxSandboxes, long maxSeconds, long runningSandboxes) {}

    record KillAnswer(int killedCount, int failedCount) {}

    void listTeams(Exchange exchange, PathParameters path) throws IOException {
        Json.send(exchange, 200, accounts.teams().stream().map(this::answer).toList());
    }

    void createTeam(Exchange exchange, PathParameters path) throws IOException {
        var fields = Fields.read(exchange);
        var team = accounts.createTeam(new NewTeam(
                fields.requiredText("name"),
                fields.text("slug"),
                fields.count("maxSandboxes").orElse(limits.maxSandboxes()),
                fields.count("maxSeconds").map(Duration::ofSeconds).orElse(limits.maxLength())));
        Json.send(exchange, 201, answer(team));
    }

    void createKey(Exchange exchange, PathParameters path) throws IOException {
        var team = accounts.team(path.get("team"));
        Json.send(exchange, 201, KeyAnswers.of(accounts.createKey(team, Fields.read(exchange).requiredText("name"))));
    }

    void revokeKey(Exchange exchange, PathParameters path) throws IOException {
        accounts.revokeKey(accounts.team(path.get("team")), path.get("id"));
        Json.sendNothing(exchange);
    }

    void killSandboxes(Exchange exchange, PathParameters path) throws IOException {
        var counts = sandboxes.killAll(accounts.team(path.get("team")));
        Json.send(exchange, 200, new KillAnswer(counts.killed(), counts.failed()));
    }

    void runningCounts(Exchange exchange, PathParameters path) throws IOException {
        Json.send(exchange, 200, sandboxes.runningCounts());
    }

    private TeamAnswer answer(Team team) {
        return new TeamAnswer(
                team.id(), team.name(), team.slug(), team.maxSandboxes(), team.maxLength().toSeconds(),
                sandboxes.runningCounts().getOrDefault(team.id(), 0L));
    }
}
