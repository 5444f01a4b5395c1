package dev.caisson.front;

import dev.caisson.base.CaissonException;
import dev.caisson.base.SandboxId;
import dev.caisson.base.SandboxTokens;
import dev.caisson.front.proxy.PortProxy;
import dev.caisson.http.Cors;
import dev.caisson.http.Exchange;
import dev.caisson.http.Handler;
import dev.caisson.node.Node;
import dev.caisson.node.SandboxInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Takes every request of the public port to where it belongs. Safe for use by many threads. */
public final class Front implements Handler {
    private final Node node;
    private final Addressing addressing;
    private final SandboxHandler envd;
    private final Handler controlPlane;
    private final PortProxy ports;
    private final TrafficGate gate;
    private final FrontLimits limits;
    private final OpenExchanges open;

    /**
     * @param tokens of sandboxes, to know who may send requests to private ports
     * @param envd answers for port 49983 of every sandbox
     * @param controlPlane answers what is meant for no sandbox
     */
    public Front(
            Node node, SandboxTokens tokens, SandboxHandler envd, SignedFiles signedFiles, Handler controlPlane) {
        this(node, tokens, envd, signedFiles, controlPlane, FrontLimits.ofHeap(Runtime.getRuntime().maxMemory()));
    }

    Front(
            Node node,
            SandboxTokens tokens,
            SandboxHandler envd,
            SignedFiles signedFiles,
            Handler controlPlane,
            FrontLimits limits) {
        this.node = node;
        this.addressing = new Addressing(signedFiles);
        this.envd = envd;
        this.controlPlane = Cors.controlPlane().around(bounded(controlPlane, limits));
        this.ports = new PortProxy(node);
        this.gate = new TrafficGate(tokens);
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
            case Route.ToSandbox target -> toSandbox(target, exchange);
            case Route.Refused(var message) -> {
                exchange.setHeader("Content-Type", "text/plain; charset=utf-8");
                exchange.send(400, message.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /**
     * Answers what came out of a sandbox for its own port 49983: as from outside, with the same tokens, and for no other
     * sandbox whatever the request says.
     */
    public void handleFromInside(SandboxId id, Exchange exchange) throws IOException {
        toSandbox(new Route.ToSandbox(id.value(), Addressing.ENVD_PORT), exchange);
    }

    /**
     * Cuts off every exchange with a sandbox. To be called once the node no longer finds it: exchanges that come later are
     * answered that it was not found.
     */
    public void sandboxEnded(SandboxId id) {
        open.abort(id);
    }

    /** Exchanges with sandboxes under way. */
    public int openExchanges() {
        return open.count();
    }

    private void toSandbox(Route.ToSandbox target, Exchange exchange) throws IOException {
        if (target.id().isEmpty()) {
            SandboxPage.notFound(target.name()).send(exchange);
            return;
        }
        var id = target.id().get();
        // First known, then looked up: whoever ends the sandbox in between finds this exchange.
        switch (open.add(id, exchange)) {
            case ADMITTED -> toAdmitted(id, target.port(), exchange);
            case TOO_MANY_WITH_SANDBOX -> SandboxPage.tooManyConnections(id.value(), limits.perSandbox()).send(exchange);
            case TOO_MANY -> SandboxPage.serverBusy(id.value()).send(exchange);
        }
    }

    private void toAdmitted(SandboxId id, int port, Exchange exchange) throws IOException {
        var sandbox = running(id);
        if (sandbox.isPresent()) {
            var live = new LiveExchange(
                    exchange, id, () -> isSameRun(sandbox.get()), () -> open.spare(id, exchange), () -> open.remove(id, exchange));
            toRunning(sandbox.get(), port, live);
        } else {
            open.remove(id, exchange);
            SandboxPage.notFound(id.value()).send(exchange);
        }
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

    private boolean isSameRun(SandboxInfo sandbox) {
        return running(sandbox.id()).filter(info -> info.run() == sandbox.run()).isPresent();
    }
}
