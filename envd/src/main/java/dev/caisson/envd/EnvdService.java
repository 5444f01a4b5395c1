package dev.caisson.envd;

import dev.caisson.base.SandboxId;
import dev.caisson.base.SandboxTokens;
import dev.caisson.envd.connect.Alarms;
import dev.caisson.envd.connect.ConnectMethod;
import dev.caisson.envd.connect.ConnectServer;
import dev.caisson.http.Cors;
import dev.caisson.http.Exchange;
import dev.caisson.http.Query;
import dev.caisson.node.Node;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Answers what is sent to a sandbox's port 49983 ({@code contract/envd.md}). Safe for use by many threads.
 *
 * <p>{@link #handle} throws {@link NodeException} {@code NOT_FOUND} when the sandbox ended meanwhile: the caller answers that
 * as for every sandbox that is not there. Closing drops the deadlines of processes that still run.
 */
public final class EnvdService implements AutoCloseable {
    /** Of one request message, packed or not; less where the server has little memory. Inputs come as base64 in JSON (§2.5). */
    private static final long MAX_MESSAGE_BYTES = 64 << 20;

    /** The part of the server's memory that request messages may take; each exists in up to four forms at once. */
    private static final int MEMORY_PART = 8;

    private final Node node;
    private final Access access;
    private final Alarms alarms = new Alarms();
    private final CommandDeadlines deadlines = new CommandDeadlines(alarms);
    private final ConnectServer<Caller> calls;
    private final RestRoutes routes;

    public EnvdService(Node node, SandboxTokens tokens) {
        this(node, tokens, Clock.systemUTC(), Runtime.getRuntime().maxMemory() / MEMORY_PART);
    }

    /**
     * @param clock tells whether a signed link has expired
     * @param messageBytes what the request messages of all calls may take together
     */
    public EnvdService(Node node, SandboxTokens tokens, Clock clock, long messageBytes) {
        this.node = node;
        this.access = new Access(tokens, clock);
        this.routes = new RestRoutes(access, new Metrics(node, clock));
        var methods = Stream.of(
                        new ProcessService(node, deadlines).methods(),
                        new ProcessControl().methods(),
                        new FilesystemService().methods(),
                        new WatchService().methods())
                .<ConnectMethod<Caller>>flatMap(List::stream)
                .toList();
        this.calls = new ConnectServer<>(
                methods, (int) Math.min(MAX_MESSAGE_BYTES, messageBytes), messageBytes, alarms, GuestFailures::plain);
    }

    /** Answers one request for this sandbox. */
    public void handle(SandboxInfo sandbox, Exchange exchange) throws IOException {
        Cors.envd().around(inner -> route(sandbox, inner)).handle(exchange);
    }

    /**
     * Whether a request carries what the sandbox demands: its token, or a signature that has not expired. For who decides whether it
     * may resume a paused one; {@code GET /health} needs no token of one that runs, and does here.
     */
    public boolean admits(SandboxInfo sandbox, Exchange exchange) {
        return access.admits(sandbox, exchange);
    }

    /**
     * The sandbox that a signed link without any sandbox in it belongs to: the one whose token made the signature. An expired
     * link finds it too, and is then refused by {@link #handle}.
     */
    public Optional<SandboxId> findBySignature(String method, String rawPath, String rawQuery) {
        if (!rawPath.equals("/files")) {
            return Optional.empty();
        }
        var signature = FileSignature.of(method, Query.parse(rawQuery));
        if (!signature.present()) {
            return Optional.empty();
        }
        return node.list().stream()
                .filter(sandbox -> access.signedFor(sandbox, signature))
                .map(SandboxInfo::id)
                .findFirst();
    }

    /** The sandbox is about to be paused: from here on no time passes for its commands. */
    public void standsStill(SandboxId sandbox) {
        deadlines.standsStill(sandbox);
    }

    /** It runs again, after a pause or because it could not be paused. */
    public void goesOn(SandboxId sandbox) {
        deadlines.goesOn(sandbox);
    }

    /** Nothing of it is left to be killed. */
    public void ended(SandboxId sandbox) {
        deadlines.ended(sandbox);
    }

    @Override
    public void close() {
        alarms.close();
    }

    private void route(SandboxInfo sandbox, Exchange exchange) throws IOException {
        access.check(sandbox, exchange);
        var caller = new Caller(sandbox, node.agent(sandbox.id()), RequestUser.of(exchange));
        if (calls.serves(exchange.rawPath())) {
            calls.handle(exchange, caller);
        } else {
            routes.handle(caller, exchange);
        }
    }
}
