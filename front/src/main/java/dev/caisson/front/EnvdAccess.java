package dev.caisson.front;

import dev.caisson.http.Exchange;
import dev.caisson.node.SandboxInfo;

/** Tells whether a request carries what a sandbox's envd demands. Safe for use by many threads. */
@FunctionalInterface
public interface EnvdAccess {
    /** Whether it may bring the paused sandbox back ({@code contract/rest-api.md} §9.3); reads no body. */
    boolean admits(SandboxInfo sandbox, Exchange exchange);
}
