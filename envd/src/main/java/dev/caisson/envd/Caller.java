package dev.caisson.envd;

import dev.caisson.guest.GuestAgent;
import dev.caisson.node.SandboxInfo;

/** Whom a request concerns: the sandbox, the way into it, and the user in it. */
record Caller(SandboxInfo sandbox, GuestAgent agent, RequestUser user) {

    /**
     * For calls that do not use the user, which still fail for one that does not exist ({@code contract/envd.md} §1.1).
     *
     * @throws dev.caisson.guest.GuestException {@code UNAUTHENTICATED}
     */
    void requireKnownUser() {
        if (!user.isDefault()) {
            agent.stat(user.name(), "/");
        }
    }
}
