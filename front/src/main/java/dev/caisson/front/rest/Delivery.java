package dev.caisson.front.rest;

import dev.caisson.base.CaissonException;
import dev.caisson.control.Sandboxes;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.Json;
import dev.caisson.node.SandboxInfo;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Hands new sandboxes over to their client. One that has left before they were made never learns their ids, so they are removed
 * again. Used by one thread; to be made before the sandboxes are.
 */
final class Delivery {
    private final AtomicBoolean left = new AtomicBoolean();
    private final Sandboxes sandboxes;
    private final Team team;
    private final Exchange exchange;

    Delivery(Sandboxes sandboxes, Team team, Exchange exchange) {
        this.sandboxes = sandboxes;
        this.team = team;
        this.exchange = exchange;
        exchange.onAbort(() -> left.set(true));
    }

    /** Answers 201. */
    void send(Object answer, List<SandboxInfo> made) throws IOException {
        try {
            if (left.get()) {
                throw new IOException("the client left while its sandbox was made");
            }
            Json.send(exchange, 201, answer);
        } catch (IOException e) {
            made.forEach(sandbox -> remove(sandbox, e));
            throw e;
        }
    }

    private void remove(SandboxInfo made, IOException because) {
        try {
            sandboxes.kill(team, made.id().value());
        } catch (CaissonException e) {
            // It has ended by itself, or its deadline will end it.
            because.addSuppressed(e);
        }
    }
}
