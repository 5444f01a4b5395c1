package dev.caisson.front;

import dev.caisson.base.CaissonException;
import dev.caisson.base.SandboxId;
import dev.caisson.base.SandboxTokens;
import dev.caisson.front.proxy.PortProxy;
import dev.caisson.http.Cors;
import dev.caisson.http.Exchange;
import dev.caisson.http.Handler;
import dev.caisson.node.Node;
import dev.caisson.node.Pause;
import dev.caisson.node.SandboxInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Takes every request of the public port to where it belongs. Safe for use by many threads. */
public final class Front implements Handler {
    /** So often a sandbox may be found paused by one request ({@code contract/rest-api.md} §9.3). */
    private static final int MOST_TRANSITIONS = 3;

    private final Node node;
    private final Addressing addressing;
    private final SandboxHandler envd;
    private final Handler controlPlane;
    private final PortProxy ports;
    private final TrafficGate gate;
    private final PausedDoor paused;
    private final FrontLimits limits;
    private final OpenExchanges open;

    /**
     * @param tokens of sandboxes, to know who may send requests to private ports
     * @param envd answers for port 49983 of every sandbox
     * @param access tells who may wake a sandbox by that port
     * @param waker brings sandboxes back to which requests come while they are paused
     * @param controlPlane answers what is meant for no sandbox
     */
    public Front(
            Node node,
            SandboxTokens tokens,
            SandboxHandler envd,
            EnvdAccess access,
            SignedFiles signedFiles,
            Waker waker,
            Handler controlPlane) {
        this(node, tokens, envd, access, signedFiles, waker, controlPlane, FrontLimits.ofHeap(Runtime.getRuntime().maxMemory()));
    }

    Front(
            Node node,
            SandboxTokens tokens,
            SandboxHandler envd,
            EnvdAccess access,
            SignedFiles signedFiles,
            Waker waker,
            Handler controlPlane,
            FrontLimits limits) {
        this.node = node;
        this.addressing = new Addressing(signedFiles);
        this.envd = envd;
        this.controlPlane = Cors.controlPlane().around(bounded(controlPlane, limits));
        this.ports = new PortProxy(node);
        this.gate = new TrafficGate(tokens);
        this.paused = new PausedDoor(gate, access, waker, limits);
        this.limits = limits;
        this.open = new OpenExchanges(limits);
    }

    /** Whoever asks for the server's health wants to know, above all when it has much to do. */
    private static Handler bounded(Handler controlPlane, FrontLimits limits) {
        var turnstile = new Turnstile(controlPlane, limits);
        return exchange -> (exchange.rawPath().equals("/health") ? controlPlane : turnstile).handle(exchange);
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        switch (addressing.of(exchange)) {
            case Route.ControlPlane() -> controlPlane.handle(exchange);
            case Route.ToSandbox target -> toSandbox(target, exchange, MOST_TRANSITIONS);
            case Route.Refused(var message) -> {
                exchange.setHeader("Content-Type", "text/plain; charset=utf-8");
                exchange.send(400, message.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /**
     * Answers what came out of a sandbox for its own port 49983: as from outside, with the same tokens, and for no other
     * sandbox whatever the request says. It wakes none: what it came out of is gone if the sandbox is paused.
     */
    public void handleFromInside(SandboxId id, Exchange exchange) throws IOException {
        toSandbox(new Route.ToSandbox(id.value(), Addressing.ENVD_PORT), exchange, 0);
    }

    /**
     * Cuts off every exchange with a run of a sandbox. To be called once the node no longer finds it running: exchanges that come
     * later are answered that it was not found, or belong to its next run.
     */
    public void runEnded(SandboxId id) {
        open.abort(id);
    }

    /** Exchanges with sandboxes under way, those included that wait for a paused one. */
    public int openExchanges() {
        return open.count() + paused.waiting();
    }

    /** @param wakes so often it may be woken */
    private void toSandbox(Route.ToSandbox target, Exchange exchange, int wakes) throws IOException {
        if (target.id().isEmpty()) {
            SandboxPage.notFound(target.name()).send(exchange);
            return;
        }
        var id = target.id().get();
        var left = wakes;
        while (!toRun(id, target.port(), exchange)) {
            var sandbox = node.find(id).filter(_ -> wakes > 0);
            if (sandbox.isEmpty()) {
                SandboxPage.notFound(id.value()).send(exchange);
                return;
            }
            if (left-- == 0) {
                SandboxPage.inTransition(id.value()).send(exchange);
                return;
            }
            if (sandbox.get().state() == SandboxInfo.State.PAUSED && !toPaused(sandbox.get(), target.port(), exchange)) {
                return;
            }
        }
    }

    /** Whether it may run now; otherwise the exchange was answered. */
    private boolean toPaused(SandboxInfo sandbox, int port, Exchange exchange) throws IOException {
        if (port == Addressing.ENVD_PORT && ReservedPaths.contain(exchange.rawPath())) {
            ReservedPaths.refuse(exchange);
            return false;
        }
        var answer = paused.knock(sandbox, port, exchange);
        if (answer.isPresent()) {
            answer.get().send(exchange);
        }
        return answer.isEmpty();
    }

    /** Whether the exchange was answered; otherwise the sandbox does not run. */
    private boolean toRun(SandboxId id, int port, Exchange exchange) throws IOException {
        // First known, then looked up: whoever ends the sandbox in between finds this exchange.
        switch (open.add(id, exchange)) {
            case ADMITTED -> {
                return toAdmitted(id, port, exchange);
            }
            case TOO_MANY_WITH_SANDBOX -> SandboxPage.tooManyConnections(id.value(), limits.perSandbox()).send(exchange);
            case TOO_MANY -> SandboxPage.serverBusy(id.value()).send(exchange);
        }
        return true;
    }

    private boolean toAdmitted(SandboxId id, int port, Exchange exchange) throws IOException {
        var sandbox = running(id);
        if (sandbox.isEmpty()) {
            open.remove(id, exchange);
            return false;
        }
        var live = new LiveExchange(
                exchange, id, () -> isSameRun(sandbox.get()), () -> open.spare(id, exchange), () -> open.remove(id, exchange));
        toRunning(sandbox.get(), port, live);
        return true;
    }

    private void toRunning(SandboxInfo sandbox, int port, LiveExchange exchange) throws IOException {
        try {
            if (port == Addressing.ENVD_PORT) {
                toEnvd(sandbox, exchange);
            } else {
                toPort(sandbox, port, exchange);
            }
        } catch (CaissonException e) {
            if (exchange.started() || isSameRun(sandbox)) {
                throw e;
            }
            exchange.sendUnchecked(SandboxPage.notFound(sandbox.id().value()));
        } finally {
            exchange.handlerReturned();
        }
    }

    private void toPort(SandboxInfo sandbox, int port, Exchange exchange) throws IOException {
        var refusal = gate.refusal(sandbox, exchange);
        if (refusal.isPresent()) {
            refusal.get().send(exchange);
        } else if (!ports.relay(sandbox, port, exchange)) {
            SandboxPage.closedPort(sandbox.id().value(), port).send(exchange);
        }
    }

    private void toEnvd(SandboxInfo sandbox, Exchange exchange) throws IOException {
        if (ReservedPaths.contain(exchange.rawPath())) {
            ReservedPaths.refuse(exchange);
        } else {
            envd.handle(sandbox, exchange);
        }
    }

    private Optional<SandboxInfo> running(SandboxId id) {
        return node.find(id).filter(info -> info.state() == SandboxInfo.State.RUNNING);
    }

    /** What is being paused may still go on, and what it has said until then it has said. */
    private boolean isSameRun(SandboxInfo sandbox) {
        return node.find(sandbox.id())
                .filter(info -> info.run() == sandbox.run() && info.pause().saved() == Pause.Saved.NOTHING)
                .isPresent();
    }
}
