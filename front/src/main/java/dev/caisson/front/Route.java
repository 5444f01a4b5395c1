package dev.caisson.front;

import dev.caisson.base.SandboxId;
import java.util.Optional;

/** What a request is meant for. */
sealed interface Route {
    /** The REST resources of this server. */
    record ControlPlane() implements Route {}

    /**
     * A port of a sandbox.
     *
     * @param name the bare id as the client wrote it, lower-case letters and digits; it need not be that of any sandbox
     */
    record ToSandbox(String name, int port) implements Route {
        Optional<SandboxId> id() {
            return SandboxId.parse(name);
        }
    }

    /** Nothing that exists; answered 400 with this text. */
    record Refused(String message) implements Route {}
}
