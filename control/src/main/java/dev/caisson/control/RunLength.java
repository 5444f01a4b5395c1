package dev.caisson.control;

import dev.caisson.base.Category;
import dev.caisson.node.SandboxInfo;
import java.time.Duration;
import java.time.Instant;

/** How long a run may last ({@code contract/rest-api.md} §5.3). */
final class RunLength {
    /** Of a resume or a fork that names none, and the least that a refresh asks for. */
    static final Duration SHORT = Duration.ofSeconds(15);

    /** Where neither a request nor a template names one; also the least that traffic brings a sandbox back for (§9.3). */
    static final Duration USUAL = Duration.ofSeconds(300);

    private RunLength() {}

    /** @throws ControlException {@code INVALID} */
    static void require(Team team, Duration timeout) {
        if (timeout.isZero()) {
            throw new ControlException(Category.INVALID, "Timeout must be greater than 0");
        }
        if (timeout.compareTo(team.maxLength()) > 0) {
            throw new ControlException(
                    Category.INVALID, "Timeout cannot be greater than " + team.maxLength().toHours() + " hours");
        }
    }

    /** Of a run that traffic begins: what the sandbox was made with, within bounds. */
    static Duration ofTraffic(Team team, SandboxInfo sandbox) {
        var wanted = longer(sandbox.lifecycle().firstTimeout(), USUAL);
        return wanted.compareTo(team.maxLength()) > 0 ? team.maxLength() : wanted;
    }

    /** The wanted moment, or the last that the team may have. */
    static Instant capped(Team team, SandboxInfo sandbox, Instant wanted) {
        var latest = sandbox.started().plus(team.maxLength());
        return wanted.isBefore(latest) ? wanted : latest;
    }

    static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? b : a;
    }
}
