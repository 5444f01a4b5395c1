package dev.caisson.node.testing;

import dev.caisson.base.Category;
import dev.caisson.base.Isolation;
import dev.caisson.base.SandboxId;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestStream;
import dev.caisson.guest.testing.FakeAgent;
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
import dev.caisson.node.ShownTemplate;
import dev.caisson.node.SnapshotId;
import dev.caisson.node.StandbyStatus;
import dev.caisson.node.TemplateInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A node whose sandboxes are entries of a map, each with a {@link FakeAgent}. Knows one template, {@code base}. What is saved of
 * a sandbox has no content; its agent counts as dead once its link is broken. Thread-safe.
 */
public final class FakeNode implements Node {
    public static final TemplateInfo BASE = new TemplateInfo(
            "basetemplate00000000", "11111111-2222-3333-4444-555555555555", List.of("base"),
            Instant.parse("2025-12-01T00:00:00Z"), 2, 1L << 30, 10L << 30, Duration.ofSeconds(300));

    private final FakeSandboxes sandboxes;
    private final ConcurrentLinkedDeque<EndRecord> ended = new ConcurrentLinkedDeque<>();
    private final FakeUsageHistory usage = new FakeUsageHistory();
    private final FakeSandboxLogs logs;
    private final FakeSnapshots snapshots;
    private final FakeCheckpoints checkpoints;
    private final Map<Integer, NodeException> forkFailures = new ConcurrentHashMap<>();
    private final InstantSource clock;
    private volatile Optional<NodeException> createFailure = Optional.empty();
    private volatile Optional<CreateRequest> lastCreate = Optional.empty();
    private volatile Optional<ResumeRequest> lastResume = Optional.empty();

    public FakeNode(InstantSource clock) {
        this.clock = clock;
        this.logs = new FakeSandboxLogs(clock);
        this.sandboxes = new FakeSandboxes(clock);
        this.snapshots = new FakeSnapshots(sandboxes, clock);
        this.checkpoints = new FakeCheckpoints(sandboxes, clock);
    }

    /** To make what happens to sandboxes fail, or stop in the middle. */
    public FakeTransitions transitions() {
        return sandboxes.transitions();
    }

    /** Makes the agents of sandboxes that are resumed or rolled back from now on. */
    public void agentsOfResumed(Function<SandboxInfo, GuestAgent> agents) {
        sandboxes.agentsOfResumed(agents);
    }

    /** Makes every create fail with this from now on. */
    public void failCreates(NodeException failure) {
        createFailure = Optional.of(failure);
    }

    /** Makes the sandbox with this number, from 0, of every fork fail from now on. */
    public void failFork(int number, NodeException failure) {
        forkFailures.put(number, failure);
    }

    /** What {@link #create} was last asked for. */
    public Optional<CreateRequest> lastCreate() {
        return lastCreate;
    }

    /** What {@link #resume} was last asked for. */
    public Optional<ResumeRequest> lastResume() {
        return lastResume;
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

    /** Makes a sandbox with an agent of the test's own. */
    public SandboxInfo create(CreateRequest request, GuestAgent agent) {
        lastCreate = Optional.of(request);
        createFailure.ifPresent(failure -> {
            throw failure;
        });
        var shown = request.shown().orElseGet(() -> templateOf(request));
        var isThere = SnapshotId.parse(request.template()).map(id -> snapshots.find(id).isPresent()).orElse(true);
        if (!isThere) {
            throw notFound(request.template());
        }
        var now = clock.instant();
        var info = new SandboxInfo(
                SandboxId.random(), 1, SandboxInfo.State.RUNNING, shown.id(), shown.names(), request.owner(), now,
                now.plus(request.timeout()), request.secured(), request.internet(), request.ingress(), 0, BASE.cpus(),
                BASE.memoryBytes(), BASE.diskBytes(), request.metadata(), "fake 1", "none", request.lifecycle(), Pause.NONE);
        sandboxes.add(info, agent);
        return info;
    }

    private ShownTemplate templateOf(CreateRequest request) {
        return SnapshotId.parse(request.template())
                .flatMap(snapshots::find)
                .map(snapshot -> new ShownTemplate(snapshot.templateId(), List.of()))
                .or(() -> template(request.template()).map(found -> new ShownTemplate(found.templateId(), found.names())))
                .orElseThrow(() -> notFound(request.template()));
    }

    private static NodeException notFound(String template) {
        return new NodeException(Category.NOT_FOUND, "template '" + template + "' not found");
    }

    @Override
    public Optional<SandboxInfo> find(SandboxId id) {
        return sandboxes.find(id);
    }

    /** Leaves a sandbox in the middle of its end, which a {@link #kill} then joins and completes. */
    public void beginEnd(SandboxId id) {
        sandboxes.beginEnd(id);
    }

    @Override
    public Optional<SandboxInfo> findEnding(SandboxId id) {
        return sandboxes.findEnding(id);
    }

    @Override
    public List<SandboxInfo> list() {
        return sandboxes.all();
    }

    @Override
    public boolean kill(SandboxId id, EndCause cause) {
        var removed = sandboxes.remove(id);
        if (removed.isEmpty()) {
            return false;
        }
        ended.addFirst(new EndRecord(id, removed.get().owner(), clock.instant(), cause, cause.name()));
        sandboxes.closeAgent(id);
        return true;
    }

    @Override
    public SandboxInfo setDeadline(SandboxId id, Instant deadline) {
        requireRunning(id);
        return sandboxes.change(id, info -> info.withDeadline(deadline));
    }

    @Override
    public SandboxInfo extendDeadline(SandboxId id, Instant deadline) {
        requireRunning(id);
        return sandboxes.change(id, info -> deadline.isAfter(info.deadline()) ? info.withDeadline(deadline) : info);
    }

    @Override
    public SandboxInfo pause(SandboxId id, PauseRequest request) {
        return sandboxes.pause(id, request);
    }

    @Override
    public SandboxInfo resume(SandboxId id, ResumeRequest request) {
        lastResume = Optional.of(request);
        return sandboxes.resume(id, request);
    }

    @Override
    public List<ForkResult> fork(SandboxId id, ForkRequest request) {
        return sandboxes.exclusively(id, FakeTransitions.Kind.FORK, source ->
                IntStream.range(0, request.count()).mapToObj(number -> child(source, number, request.timeout())).toList());
    }

    private ForkResult child(SandboxInfo source, int number, Duration timeout) {
        if (forkFailures.containsKey(number)) {
            return new ForkResult.Failed(forkFailures.get(number));
        }
        var now = clock.instant();
        var made = new SandboxInfo(
                SandboxId.random(), 1, SandboxInfo.State.RUNNING, source.templateId(), source.templateNames(), source.owner(), now,
                now.plus(timeout), source.secured(), source.internet(), source.ingress(), 0, source.cpus(), source.memoryBytes(),
                source.diskBytes(), source.metadata(), source.engine(), source.isolation(), source.lifecycle(), Pause.NONE);
        sandboxes.add(made, new FakeAgent());
        return new ForkResult.Made(made);
    }

    @Override
    public FakeSnapshots snapshots() {
        return snapshots;
    }

    @Override
    public FakeCheckpoints checkpoints() {
        return checkpoints;
    }

    @Override
    public GuestAgent agent(SandboxId id) {
        return require(id, sandboxes.agent(id));
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
    public StandbyStatus standbys() {
        return StandbyStatus.OFF;
    }

    @Override
    public List<EndRecord> ended() {
        return List.copyOf(ended);
    }

    @Override
    public RepairReport repairReport() {
        return new RepairReport(clock.instant(), 0, List.of());
    }

    private void requireRunning(SandboxId id) {
        if (sandboxes.requireSettled(id).state() != SandboxInfo.State.RUNNING) {
            throw NodeException.notFound(id);
        }
    }

    private static <T> T require(SandboxId id, Optional<T> found) {
        return found.orElseThrow(() -> NodeException.notFound(id));
    }
}
