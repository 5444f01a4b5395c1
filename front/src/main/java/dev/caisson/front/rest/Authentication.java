package dev.caisson.front.rest;

import dev.caisson.base.Category;
import dev.caisson.control.Accounts;
import dev.caisson.control.ControlException;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.PathParameters;
import dev.caisson.http.Router;
import java.io.IOException;

/** Finds the team of a request by its {@code X-API-Key} before anything else is looked at. */
final class Authentication {
    private final Accounts accounts;

    Authentication(Accounts accounts) {
        this.accounts = accounts;
    }

    /** A handler that needs to know for whom. */
    interface TeamRoute {
        void handle(Team team, Exchange exchange, PathParameters path) throws IOException;
    }

    Router.Route require(TeamRoute route) {
        return (exchange, path) -> route.handle(team(exchange), exchange, path);
    }

    private Team team(Exchange exchange) {
        var key = exchange.header("X-API-Key").orElseThrow(() -> new ControlException(
                Category.UNAUTHENTICATED,
                "authorization header is missing: send the API key as X-API-Key (`caisson env` prints it)"));
        return accounts.authenticate(key);
    }
}
