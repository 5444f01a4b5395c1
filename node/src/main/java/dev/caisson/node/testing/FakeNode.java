package dev.caisson.node.testing;

import dev.caisson.base.Category;
import dev.caisson.base.Isolation;
import dev.caisson.base.SandboxId;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestStream;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.node.Checkpoints;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.EndRecord;
import dev.caisson.node.ForkRequest;
import dev.caisson.node.ForkResult;
import dev.caisson.node.Node;
import dev.caisson.node.NodeException;
import dev.caisson.node.Pause;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.RepairReport;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.Snapshots;
import dev.caisson.node.TemplateInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/** A node whose sandboxes are entries of a map, each with a {@link FakeAgent}. Knows one template, {@code base}. Thread-safe. */
public final class FakeNode implements Node {
    public static final TemplateInfo BASE = new TemplateInfo(
            "basetemplate00000000", "11111111-2222-3333-4444-555555555555", List.of("base"),
            Instant.parse("2025-12-01T00:00:00Z"), 2, 1L << 30, 10L << 30, Duration.ofSeconds(300));

    private final Map<SandboxId, SandboxInfo> sandboxes = new ConcurrentHashMap<>();
    private final Map<SandboxId, SandboxInfo> ending = new ConcurrentHashMap<>();
    private final Map<SandboxId, GuestAgent> agents = new ConcurrentHashMap<>();
    private final ConcurrentLinkedDeque<EndRecord> ended = new ConcurrentLinkedDeque<>();
    private final FakeUsageHistory usage = new FakeUsageHistory();
    private final FakeSandboxLogs logs;
    private final InstantSource clock;
    private volatile Optional<NodeException> createFailure = Optional.empty();

    public FakeNode(InstantSource clock) {
        this.clock = clock;
        this.logs = new FakeSandboxLogs(clock);
    }

    @Override
    public Optional<TemplateInfo> template(String idOrName) {
        return idOrName.equals(BASE.templateId()) || BASE.names().contains(idOrName) ? Optional.of(BASE) : Optional.empty();
    }

    /** As if gVisor stood behind it. */
    @Override
    public Isolation isolation() {
        return Isolation.GVISOR;
    }

    @Override
    public List<TemplateInfo> templateBuilds() {
        return List.of(BASE);
    }

    @Override
    public SandboxInfo create(CreateRequest request) {
        return create(request, new FakeAgent());
    }

    /** Makes every create fail with this from now on. */
    public void failCreates(NodeException failure) {
        createFailure = Optional.of(failure);
    }

    /** Makes a sandbox with an agent of the test's own. */
    public SandboxInfo create(CreateRequest request, GuestAgent agent) {
        createFailure.ifPresent(failure -> {
            throw failure;
        });
        var template = template(request.template())
                .orElseThrow(() -> new NodeException(Category.NOT_FOUND, "template '" + request.template() + "' not found"));
        var now = clock.instant();
        var info = new SandboxInfo(
                SandboxId.random(), 1, SandboxInfo.State.RUNNING, template.templateId(), template.names(), request.owner(), now,
                now.plus(request.timeout()), request.secured(), request.internet(), request.ingress(), 0, template.cpus(),
                template.memoryBytes(), template.diskBytes(), request.metadata(), "fake 1", "none", request.lifecycle(), Pause.NONE);
        agents.put(info.id(), agent);
        sandboxes.put(info.id(), info);
        return info;
    }

    @Override
    public Optional<SandboxInfo> find(SandboxId id) {
        return Optional.ofNullable(sandboxes.get(id));
    }

    /** Leaves a sandbox in the middle of its end, which a {@link #kill} then joins and completes. */
    public void beginEnd(SandboxId id) {
        ending.put(id, require(id, find(id)));
        sandboxes.remove(id);
    }

    @Override
    public Optional<SandboxInfo> findEnding(SandboxId id) {
        return Optional.ofNullable(ending.get(id));
    }

    @Override
    public List<SandboxInfo> list() {
        return List.copyOf(sandboxes.values());
    }

    @Override
    public boolean kill(SandboxId id, EndCause cause) {
        var ran = sandboxes.remove(id);
        var removed = ran == null ? ending.remove(id) : ran;
        if (removed == null) {
            return false;
        }
        ended.addFirst(new EndRecord(id, removed.owner(), clock.instant(), cause, cause.name()));
        agent(id).close();
        agents.remove(id);
        return true;
    }

    @Override
    public SandboxInfo setDeadline(SandboxId id, Instant deadline) {
        requireStaying(id);
        var changed = sandboxes.computeIfPresent(id, (same, info) -> info.withDeadline(deadline));
        return require(id, changed == null ? Optional.empty() : Optional.of(changed));
    }

    @Override
    public SandboxInfo extendDeadline(SandboxId id, Instant deadline) {
        requireStaying(id);
        var now = require(id, find(id));
        return deadline.isAfter(now.deadline()) ? setDeadline(id, deadline) : now;
    }

    @Override
    public SandboxInfo pause(SandboxId id, PauseRequest request) {
        throw notYet();
    }

    @Override
    public SandboxInfo resume(SandboxId id, ResumeRequest request) {
        throw notYet();
    }

    @Override
    public List<ForkResult> fork(SandboxId id, ForkRequest request) {
        throw notYet();
    }

    @Override
    public Snapshots snapshots() {
        throw notYet();
    }

    @Override
    public Checkpoints checkpoints() {
        throw notYet();
    }

    private static NodeException notYet() {
        return new NodeException(Category.UNSUPPORTED, "this node cannot save sandboxes yet");
    }

    @Override
    public GuestAgent agent(SandboxId id) {
        return require(id, Optional.ofNullable(agents.get(id)));
    }

    @Override
    public GuestStream dial(SandboxId id, int port) {
        return agent(id).dial("", port);
    }

    @Override
    public FakeUsageHistory usageHistory() {
        return usage;
    }

    @Override
    public FakeSandboxLogs logs() {
        return logs;
    }

    @Override
    public List<EndRecord> ended() {
        return List.copyOf(ended);
    }

    @Override
    public RepairReport repairReport() {
        return new RepairReport(clock.instant(), 0, List.of());
    }

    private void requireStaying(SandboxId id) {
        if (ending.containsKey(id)) {
            throw new NodeException(Category.CONFLICT, "sandbox " + id + " is being killed");
        }
    }

    private static <T> T require(SandboxId id, Optional<T> found) {
        return found.orElseThrow(() -> NodeException.notFound(id));
    }
}
