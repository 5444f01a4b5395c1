package dev.caisson.front;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxTokens;
import dev.caisson.http.Handler;
import dev.caisson.node.Node;
import dev.caisson.node.NodeException;

/** Fronts whose sandboxes are not paused. */
public final class Fronts {
    private static final Waker NEVER = sandbox -> {
        throw new NodeException(Category.UNSUPPORTED, "the test wakes no sandbox");
    };

    private Fronts() {}

    public static Front of(Node node, SandboxTokens tokens, SandboxHandler envd, SignedFiles signedFiles, Handler controlPlane) {
        return new Front(node, tokens, envd, (_, _) -> false, signedFiles, NEVER, controlPlane);
    }

    static Front of(
            Node node, SandboxTokens tokens, SandboxHandler envd, SignedFiles signedFiles, Handler controlPlane, FrontLimits limits) {
        return new Front(node, tokens, envd, (_, _) -> false, signedFiles, NEVER, controlPlane, limits);
    }
}
