package dev.caisson.front;

import dev.caisson.http.Exchange;
import dev.caisson.node.SandboxInfo;
import java.io.IOException;

/** Answers what is sent to one service of a sandbox. Safe for use by many threads. */
@FunctionalInterface
public interface SandboxHandler {
    /** Like {@link dev.caisson.http.Handler#handle}; the sandbox ran a moment ago. */
    void handle(SandboxInfo sandbox, Exchange exchange) throws IOException;
}
