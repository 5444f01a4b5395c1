package dev.caisson.front;

import dev.caisson.base.SandboxTokens;
import dev.caisson.front.proxy.PortProxy;
import dev.caisson.http.Exchange;
import dev.caisson.node.SandboxInfo;
import java.util.Optional;

/** Lets only those to the ports of a private sandbox who know its traffic token ({@code contract/rest-api.md} §9.2). Immutable. */
final class TrafficGate {
    private final SandboxTokens tokens;

    TrafficGate(SandboxTokens tokens) {
        this.tokens = tokens;
    }

    /** The answer for a request that may not pass. */
    Optional<SandboxPage> refusal(SandboxInfo sandbox, Exchange exchange) {
        if (sandbox.ingress().open()) {
            return Optional.empty();
        }
        var given = exchange.header(PortProxy.TRAFFIC_TOKEN).orElse("");
        if (given.isEmpty()) {
            return Optional.of(SandboxPage.missingTrafficToken(sandbox.id().value()));
        }
        return SandboxTokens.matches(tokens.trafficToken(sandbox.id(), sandbox.tokenRotation()), given)
                ? Optional.empty()
                : Optional.of(SandboxPage.wrongTrafficToken(sandbox.id().value()));
    }
}
