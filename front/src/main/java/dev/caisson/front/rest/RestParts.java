package dev.caisson.front.rest;

import dev.caisson.base.SandboxTokens;
import dev.caisson.control.Accounts;
import dev.caisson.control.Idempotency;
import dev.caisson.control.SandboxControl;
import dev.caisson.control.Templates;
import dev.caisson.node.Node;

/**
 * What the control plane's resources work with.
 *
 * @param adminToken the operator's secret
 * @param limits of new teams
 */
public record RestParts(
        Accounts accounts,
        SandboxControl control,
        Templates templates,
        Idempotency idempotency,
        Node node,
        SandboxTokens tokens,
        ServerInfo server,
        String adminToken,
        TeamLimits limits) {}
