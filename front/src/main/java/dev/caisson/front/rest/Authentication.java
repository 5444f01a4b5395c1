package dev.caisson.front.rest;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxTokens;
import dev.caisson.control.Accounts;
import dev.caisson.control.ControlException;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.PathParameters;
import dev.caisson.http.Router;
import java.io.IOException;
import java.util.Optional;

/**
 * Finds out who a request is from before anything else about it is looked at ({@code contract/rest-api.md} §1.2): an API key
 * as {@code X-API-Key} or as bearer, or the operator's {@code X-Admin-Token}, for a team together with {@code X-Team-ID}.
 * Whichever of them is good counts; if none is, the first that was sent is complained about.
 */
final class Authentication {
    private static final String BEARER = "Bearer ";
    private final Accounts accounts;
    private final String adminToken;

    Authentication(Accounts accounts, String adminToken) {
        this.accounts = accounts;
        this.adminToken = adminToken;
    }

    /**
     * Who asks.
     *
     * @param key the API key in clear; empty for the operator
     */
    record Asker(Team team, Optional<Key> key) {}

    record Key(String id, String text) {}

    /** A handler that needs to know for which team. */
    interface TeamRoute {
        void handle(Team team, Exchange exchange, PathParameters path) throws IOException;
    }

    /** A handler that needs to know more than that. */
    interface AskerRoute {
        void handle(Asker asker, Exchange exchange, PathParameters path) throws IOException;
    }

    Router.Route require(TeamRoute route) {
        return requireAsker((asker, exchange, path) -> route.handle(asker.team(), exchange, path));
    }

    Router.Route requireAsker(AskerRoute route) {
        return (exchange, path) -> route.handle(asker(exchange), exchange, path);
    }

    /** For the operator alone. */
    Router.Route requireAdmin(Router.Route route) {
        return (exchange, path) -> {
            if (!isAdmin(exchange)) {
                throw exchange.header("X-Admin-Token").isPresent() ? badAdminToken() : missing("the operator's X-Admin-Token");
            }
            route.handle(exchange, path);
        };
    }

    private Asker asker(Exchange exchange) {
        var apiKey = exchange.header("X-API-Key").map(Authentication::withoutBearer);
        var bearer = exchange.header("Authorization");
        return apiKey.flatMap(this::withKey)
                .or(() -> bearer.filter(Authentication::isBearer).map(Authentication::withoutBearer).flatMap(this::withKey))
                .or(() -> isAdmin(exchange) ? Optional.of(new Asker(teamOfOperator(exchange), Optional.empty())) : Optional.empty())
                .orElseThrow(() -> refusal(apiKey, bearer, exchange.header("X-Admin-Token")));
    }

    private Optional<Asker> withKey(String text) {
        return accounts.caller(text).map(caller -> new Asker(caller.team(), Optional.of(new Key(caller.keyId(), text))));
    }

    private boolean isAdmin(Exchange exchange) {
        return exchange.header("X-Admin-Token").filter(given -> SandboxTokens.matches(adminToken, withoutBearer(given))).isPresent();
    }

    private Team teamOfOperator(Exchange exchange) {
        return accounts.team(exchange.header("X-Team-ID")
                .orElseThrow(() -> refused("the header X-Team-ID is missing: it says for which team the operator acts")));
    }

    private static ControlException refusal(Optional<String> apiKey, Optional<String> authorization, Optional<String> adminToken) {
        if (apiKey.isPresent()) {
            return badKey();
        }
        if (authorization.isPresent()) {
            var value = authorization.get();
            if (!isBearer(value)) {
                return refused("authorization header is malformed: it is `Bearer` and an API key");
            }
            return withoutBearer(value).startsWith("e2b_") ? badKey() : badBearer();
        }
        return adminToken.isPresent() ? badAdminToken() : missing("the API key as X-API-Key (`caisson env` prints it)");
    }

    private static ControlException badKey() {
        return refused("Invalid API key, please visit https://e2b.dev/docs/api-key for more information.\n"
                + "This is a self-hosted Caisson: `caisson env` prints the key that works here.");
    }

    /** Access tokens and the tokens of login providers: neither is issued or known here. */
    private static ControlException badBearer() {
        return refused("Invalid Access token, try to login again by running `e2b auth login`.\n"
                + "This is a self-hosted Caisson, which knows no logins: send an API key instead (`caisson env` prints it).");
    }

    private static ControlException badAdminToken() {
        return refused("Invalid Access token.");
    }

    private static ControlException missing(String what) {
        return refused("authorization header is missing: send " + what);
    }

    private static ControlException refused(String message) {
        return new ControlException(Category.UNAUTHENTICATED, message);
    }

    private static boolean isBearer(String value) {
        return value.regionMatches(true, 0, BEARER, 0, BEARER.length());
    }

    private static String withoutBearer(String value) {
        return (isBearer(value) ? value.substring(BEARER.length()) : value).strip();
    }
}
