package dev.caisson.envd;

import dev.caisson.base.SandboxId;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestStream;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.EndRecord;
import dev.caisson.node.Node;
import dev.caisson.node.NodeException;
import dev.caisson.node.RepairReport;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.TemplateInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A node whose sandboxes are agents that a test made. */
final class FakeNode implements Node {
    private final Map<SandboxId, SandboxInfo> sandboxes = new ConcurrentHashMap<>();
    private final Map<SandboxId, GuestAgent> agents = new ConcurrentHashMap<>();

    SandboxInfo add(GuestAgent agent, boolean secured) {
        var info = new SandboxInfo(
                SandboxId.random(), 1, SandboxInfo.State.RUNNING, "base", List.of(), "team", Instant.now(),
                Instant.now().plusSeconds(300), secured, true, 1, 2, 1L << 30, 10L << 30, Map.of(), "fake", "none");
        sandboxes.put(info.id(), info);
        agents.put(info.id(), agent);
        return info;
    }

    @Override
    public Optional<SandboxInfo> find(SandboxId id) {
        return Optional.ofNullable(sandboxes.get(id));
    }

    @Override
    public List<SandboxInfo> list() {
        return List.copyOf(sandboxes.values());
    }

    @Override
    public boolean kill(SandboxId id, EndCause cause) {
        Optional.ofNullable(agents.remove(id)).ifPresent(GuestAgent::close);
        return sandboxes.remove(id) != null;
    }

    @Override
    public GuestAgent agent(SandboxId id) {
        return Optional.ofNullable(agents.get(id)).orElseThrow(() -> NodeException.notFound(id));
    }

    @Override
    public GuestStream dial(SandboxId id, int port) {
        return agent(id).dial("", port);
    }

    @Override
    public SandboxInfo create(CreateRequest request) {
        throw new UnsupportedOperationException("no test of envd creates sandboxes this way");
    }

    @Override
    public SandboxInfo setDeadline(SandboxId id, Instant deadline) {
        throw new UnsupportedOperationException("no test of envd moves deadlines of sandboxes");
    }

    @Override
    public SandboxInfo extendDeadline(SandboxId id, Instant deadline) {
        throw new UnsupportedOperationException("no test of envd moves deadlines of sandboxes");
    }

    @Override
    public List<EndRecord> ended() {
        return List.of();
    }

    @Override
    public RepairReport repairReport() {
        return new RepairReport(Instant.EPOCH, 0, List.of());
    }

    @Override
    public Optional<TemplateInfo> template(String idOrName) {
        return Optional.empty();
    }
}
