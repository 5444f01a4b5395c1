package dev.caisson.front.rest;

import dev.caisson.base.Category;
import dev.caisson.control.Accounts;
import dev.caisson.control.ControlException;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.Json;
import dev.caisson.http.PathParameters;
import java.io.IOException;
import java.util.List;

/**
 * {@code /teams} and {@code /api-keys}, for whoever has one of the team's keys. A key cannot revoke itself, so that whoever
 * revokes keys always still has one that works.
 */
final class KeyResource {
    private final Accounts accounts;

    KeyResource(Accounts accounts) {
        this.accounts = accounts;
    }

    record TeamAnswer(String teamID, String name, String apiKey, boolean isDefault) {}

    /** The key that was sent is what the client goes on with; none is made ({@code contract/rest-api.md} §8.3, trap 67). */
    void teams(Authentication.Asker asker, Exchange exchange, PathParameters path) throws IOException {
        var key = asker.key().orElseThrow(() -> new ControlException(
                Category.UNAUTHENTICATED, "authorization header is missing: GET /teams answers with the API key that was sent, so send one"));
        Json.send(exchange, 200, List.of(new TeamAnswer(asker.team().id(), asker.team().name(), key.text(), true)));
    }

    void list(Team team, Exchange exchange, PathParameters path) throws IOException {
        Json.send(exchange, 200, accounts.keys(team).stream().map(KeyAnswers::of).toList());
    }

    void create(Team team, Exchange exchange, PathParameters path) throws IOException {
        Json.send(exchange, 201, KeyAnswers.of(accounts.createKey(team, Fields.read(exchange).requiredText("name"))));
    }

    /** 202 as E2B does it; its specification says 200 (§3.4). */
    void rename(Team team, Exchange exchange, PathParameters path) throws IOException {
        accounts.renameKey(team, path.get("id"), Fields.read(exchange).requiredText("name"));
        exchange.send(202, new byte[0]);
    }

    void revoke(Authentication.Asker asker, Exchange exchange, PathParameters path) throws IOException {
        var id = path.get("id");
        if (asker.key().filter(key -> key.id().equals(id)).isPresent()) {
            throw new ControlException(
                    Category.CONFLICT,
                    "this is the key that the request itself was made with, so nothing was revoked; revoke it with another key of the"
                            + " team, or as the operator (`sudo caisson keys revoke " + id + " --team " + asker.team().slug() + "`)");
        }
        accounts.revokeKey(asker.team(), id);
        Json.sendNothing(exchange);
    }
}
