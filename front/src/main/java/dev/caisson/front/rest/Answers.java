package dev.caisson.front.rest;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.base.SandboxTokens;
import dev.caisson.node.Ingress;
import dev.caisson.node.SandboxInfo;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The shapes of {@code contract/rest-api.md} §4.1, made from what a sandbox is. */
final class Answers {
    /** All SDK features, and below the version that asks for a live upgrade: {@code contract/envd.md} §2.8. */
    static final String ENVD_VERSION = "0.6.11";
    /** A constant that old clients still require. */
    private static final String CLIENT_ID = "6532622b";

    private final SandboxTokens tokens;
    private final String domain;

    /** @param domain as {@link ServerInfo#domain} */
    Answers(SandboxTokens tokens, String domain) {
        this.tokens = tokens;
        this.domain = domain;
    }

    /** Answer of create, connect, resume, fork and rollback. */
    record Sandbox(
            String templateID,
            String sandboxID,
            String clientID,
            String envdVersion,
            Optional<String> alias,
            Optional<String> envdAccessToken,
            Optional<String> trafficAccessToken,
            Optional<String> domain) {}

    /** Answer of get. {@code engine} and {@code isolation} are Caisson's own. */
    record Detail(
            String templateID,
            String sandboxID,
            String clientID,
            Instant startedAt,
            Instant endAt,
            String envdVersion,
            int cpuCount,
            @JsonProperty("memoryMB") long memoryMb,
            @JsonProperty("diskSizeMB") long diskSizeMb,
            String state,
            Optional<String> pauseMode,
            Optional<Boolean> envdUnresponsiveAtPause,
            Optional<String> alias,
            Optional<String> envdAccessToken,
            Optional<String> domain,
            boolean allowInternetAccess,
            Map<String, String> metadata,
            Optional<Network> network,
            Lifecycle lifecycle,
            List<Object> volumeMounts,
            String engine,
            String isolation) {}

    record Network(boolean allowPublicTraffic, Optional<String> maskRequestHost) {}

    record Lifecycle(boolean autoResume, String onTimeout) {}

    /** A row of a list. */
    record Row(
            String templateID,
            String sandboxID,
            String clientID,
            Instant startedAt,
            Instant endAt,
            int cpuCount,
            @JsonProperty("memoryMB") long memoryMb,
            @JsonProperty("diskSizeMB") long diskSizeMb,
            String state,
            Optional<Boolean> envdUnresponsiveAtPause,
            String envdVersion,
            Optional<String> alias,
            Map<String, String> metadata,
            List<Object> volumeMounts) {}

    Sandbox sandbox(SandboxInfo sandbox) {
        return new Sandbox(
                sandbox.templateId(), sandbox.id().value(), CLIENT_ID, ENVD_VERSION, alias(sandbox), envdToken(sandbox),
                trafficToken(sandbox), domain());
    }

    Detail detail(SandboxInfo sandbox) {
        return new Detail(
                sandbox.templateId(),
                sandbox.id().value(),
                CLIENT_ID,
                sandbox.started(),
                sandbox.deadline(),
                ENVD_VERSION,
                sandbox.cpus(),
                sandbox.memoryBytes() >> 20,
                sandbox.diskBytes() >> 20,
                state(sandbox),
                pauseMode(sandbox),
                agentWasDead(sandbox),
                alias(sandbox),
                envdToken(sandbox),
                domain(),
                sandbox.internet(),
                sandbox.metadata(),
                network(sandbox.ingress()),
                lifecycle(sandbox),
                List.of(),
                sandbox.engine(),
                sandbox.isolation());
    }

    Row row(SandboxInfo sandbox) {
        return new Row(
                sandbox.templateId(),
                sandbox.id().value(),
                CLIENT_ID,
                sandbox.started(),
                sandbox.deadline(),
                sandbox.cpus(),
                sandbox.memoryBytes() >> 20,
                sandbox.diskBytes() >> 20,
                state(sandbox),
                agentWasDead(sandbox),
                ENVD_VERSION,
                alias(sandbox),
                sandbox.metadata(),
                List.of());
    }

    /** Clients take their own domain where this is absent; it would not lead here. */
    private Optional<String> domain() {
        return domain.isEmpty() ? Optional.empty() : Optional.of(domain);
    }

    private static String state(SandboxInfo sandbox) {
        return sandbox.state().name().toLowerCase(Locale.ROOT);
    }

    private static Lifecycle lifecycle(SandboxInfo sandbox) {
        var onTimeout = switch (sandbox.lifecycle().onTimeout()) {
            case KILL -> "kill";
            case PAUSE, PAUSE_FILES -> "pause";
        };
        return new Lifecycle(sandbox.lifecycle().wokenByTraffic(), onTimeout);
    }

    /** Only once the pause is complete ({@code contract/rest-api.md} §15.5). */
    private static Optional<String> pauseMode(SandboxInfo sandbox) {
        return switch (sandbox.pause().saved()) {
            case NOTHING -> Optional.empty();
            case MEMORY -> Optional.of("full");
            case FILES -> Optional.of("filesystem");
        };
    }

    private static Optional<Boolean> agentWasDead(SandboxInfo sandbox) {
        return sandbox.pause().agentAnswered() ? Optional.empty() : Optional.of(true);
    }

    private static Optional<String> alias(SandboxInfo sandbox) {
        return sandbox.templateNames().stream().findFirst();
    }

    private static Optional<Network> network(Ingress ingress) {
        return ingress.stated()
                ? Optional.of(new Network(ingress.open(), Optional.of(ingress.hostMask()).filter(mask -> !mask.isEmpty())))
                : Optional.empty();
    }

    private Optional<String> trafficToken(SandboxInfo sandbox) {
        return sandbox.ingress().open() ? Optional.empty() : Optional.of(tokens.trafficToken(sandbox.id(), sandbox.tokenRotation()));
    }

    private Optional<String> envdToken(SandboxInfo sandbox) {
        return sandbox.secured() ? Optional.of(tokens.envdToken(sandbox.id(), sandbox.tokenRotation())) : Optional.empty();
    }
}
