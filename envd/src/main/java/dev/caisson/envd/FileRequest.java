package dev.caisson.envd;

import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestException;
import dev.caisson.http.Exchange;
import dev.caisson.http.Query;
import dev.caisson.node.SandboxInfo;

/**
 * What both directions of {@code /files} know: where, and as whom.
 *
 * @param user from the query, not from Basic ({@code contract/envd.md} §4.3); empty for the default user
 */
record FileRequest(Exchange exchange, Query query, SandboxInfo sandbox, GuestAgent agent, String user) {

    /** @throws dev.caisson.http.HttpException 401 for a name that is there but empty, which no user has */
    static FileRequest of(Caller caller, Exchange exchange, Query query) {
        var user = query.first("username");
        if (user.isPresent() && user.get().isEmpty()) {
            throw FileFailures.unknownUser("");
        }
        return new FileRequest(exchange, query, caller.sandbox(), caller.agent(), user.orElse(""));
    }

    GuestPaths paths() {
        return new GuestPaths(agent, user);
    }

    /** Refusals come after the user was looked up; where nothing else looks it up, this does. */
    void requireKnownUser() {
        try {
            agent.stat(user, "/");
        } catch (GuestException e) {
            throw FileFailures.of(user, e);
        }
    }
}
