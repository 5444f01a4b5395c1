package dev.caisson.envd;

import dev.caisson.base.SandboxTokens;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.Query;
import dev.caisson.node.SandboxInfo;
import java.time.Clock;
import java.util.Set;

/** Who may use a sandbox's envd ({@code contract/envd.md} §4). Immutable. */
final class Access {
    /** Method and path as they are spelled, nothing like them. */
    private static final Set<String> OPEN = Set.of("GET /health", "GET /files", "POST /files");

    private static final String HEADER = "X-Access-Token";

    private final SandboxTokens tokens;
    private final Clock clock;

    Access(SandboxTokens tokens, Clock clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    /** @throws HttpException 401; its number as {@code code} is what clients expect, also on calls (§4.1) */
    void check(SandboxInfo sandbox, Exchange exchange) {
        if (!sandbox.secured() || OPEN.contains(exchange.method() + " " + exchange.rawPath())) {
            return;
        }
        var given = exchange.header(HEADER).orElse("");
        if (!SandboxTokens.matches(token(sandbox), given)) {
            throw denied(given.isEmpty()
                    ? "the sandbox is secured and the header " + HEADER + " is missing"
                    : "the token in the header " + HEADER + " is not this sandbox's");
        }
    }

    /** Files may be had with the token or with a signature. @throws HttpException 401 */
    void checkFiles(SandboxInfo sandbox, Exchange exchange, Query query) {
        if (!sandbox.secured()) {
            return;
        }
        var given = exchange.header(HEADER).orElse("");
        if (!given.isEmpty()) {
            if (!SandboxTokens.matches(token(sandbox), given)) {
                throw denied("access token present in header but does not match");
            }
            return;
        }
        var signature = FileSignature.of(exchange.method(), query);
        if (!signature.present()) {
            throw denied("missing signature query parameter");
        }
        if (!signature.madeWith(token(sandbox))) {
            throw denied("invalid signature");
        }
        if (signature.expired(clock)) {
            throw denied("signature is already expired");
        }
    }

    /** Whether a request carries the sandbox's token, or a signature for a file; one that needs neither carries nothing. */
    boolean admits(SandboxInfo sandbox, Exchange exchange) {
        try {
            var given = exchange.header(HEADER).orElse("");
            if (given.isEmpty() && exchange.rawPath().equals("/files")) {
                checkFiles(sandbox, exchange, Query.of(exchange));
                return true;
            }
            return !sandbox.secured() || SandboxTokens.matches(token(sandbox), given);
        } catch (HttpException e) {
            return false;
        }
    }

    /** Whether the signature of a request that names no sandbox is this one's. */
    boolean signedFor(SandboxInfo sandbox, FileSignature signature) {
        return sandbox.secured() && signature.madeWith(token(sandbox));
    }

    private String token(SandboxInfo sandbox) {
        return tokens.envdToken(sandbox.id(), sandbox.tokenRotation());
    }

    private static HttpException denied(String message) {
        return HttpException.withStatus(401, message);
    }
}
