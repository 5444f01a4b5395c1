package dev.caisson.guest;

import java.util.Set;

/**
 * The agent's hello.
 *
 * @param protocol version of {@code guest-agent/PROTOCOL.md} it speaks
 * @param version of the agent itself
 * @param capabilities names of optional parts it has
 */
public record AgentInfo(int protocol, String version, Set<String> capabilities) {
    public AgentInfo {
        capabilities = Set.copyOf(capabilities);
    }
}
