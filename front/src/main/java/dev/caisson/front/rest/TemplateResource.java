package dev.caisson.front.rest;

import dev.caisson.control.SnapshotTemplates;
import dev.caisson.control.Team;
import dev.caisson.control.Templates;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import dev.caisson.http.PathParameters;
import dev.caisson.http.Query;
import java.io.IOException;

/** {@code /templates}: what there is to read about the templates that exist, and the end of snapshots ({@code contract/rest-api.md} §3.2, §6.6). */
final class TemplateResource {
    private final Templates templates;
    private final SnapshotTemplates snapshots;

    TemplateResource(Templates templates, SnapshotTemplates snapshots) {
        this.templates = templates;
        this.snapshots = snapshots;
    }

    void listOld(Team team, Exchange exchange, PathParameters path) throws IOException {
        requireOwnTeam(team, Query.of(exchange));
        Json.send(exchange, 200, templates.all().stream().map(TemplateAnswers::row).toList());
    }

    void list(Team team, Exchange exchange, PathParameters path) throws IOException {
        var query = Query.of(exchange);
        requireOwnTeam(team, query);
        var page = templates.page(Paging.after(query), Paging.limit(query));
        Paging.announce(exchange, page);
        Json.send(exchange, 200, page.rows().stream().map(TemplateAnswers::row).toList());
    }

    void get(Team team, Exchange exchange, PathParameters path) throws IOException {
        var query = Query.of(exchange);
        var template = templates.get(path.get("id"));
        var page = Templates.builds(template, Paging.after(query), Paging.limit(query));
        Paging.announce(exchange, page);
        Json.send(exchange, 200, TemplateAnswers.detail(template, page.rows()));
    }

    void alias(Team team, Exchange exchange, PathParameters path) throws IOException {
        Json.send(exchange, 200, TemplateAnswers.alias(templates.find(path.get("alias"))));
    }

    void tags(Team team, Exchange exchange, PathParameters path) throws IOException {
        Json.send(exchange, 200, TemplateAnswers.tags(templates.find(path.get("id"))));
    }

    void update(Team team, Exchange exchange, PathParameters path) throws IOException {
        Fields.read(exchange).flag("public");
        templates.refuseChange(path.get("id"));
    }

    /** The only templates that are a team's own are those of snapshots. */
    void delete(Team team, Exchange exchange, PathParameters path) throws IOException {
        if (!snapshots.delete(team, path.get("id"))) {
            templates.refuseChange(path.get("id"));
        }
        Json.sendNothing(exchange);
    }

    private static void requireOwnTeam(Team team, Query query) {
        if (query.first("teamID").filter(id -> !id.isEmpty() && !id.equals(team.id())).isPresent()) {
            throw HttpException.invalid("Team ID param mismatch with the API key");
        }
    }
}
