package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.base.Isolation;
import dev.caisson.base.SandboxId;
import dev.caisson.engine.Usage;
import dev.caisson.guest.Errno;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.GuestStream;
import dev.caisson.image.TemplateBuild;
import dev.caisson.node.Checkpoints;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.EndRecord;
import dev.caisson.node.ForkRequest;
import dev.caisson.node.ForkResult;
import dev.caisson.node.Node;
import dev.caisson.node.NodeException;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.RepairReport;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.SandboxLogs;
import dev.caisson.node.Snapshots;
import dev.caisson.node.StandbyStatus;
import dev.caisson.node.TemplateInfo;
import dev.caisson.node.UsageHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The sandboxes of this machine. Safe for use by many threads; no lock is shared between sandboxes on the way of a call.
 *
 * <p>Closing a host, or the death of its process, leaves the sandboxes running; the next one opened on the same
 * installation with the same secret adopts them.
 */
public final class Host implements Node, AutoCloseable {
    /** The guest's first process, in the agent's layer. */
    public static final String AGENT_PATH = "/usr/lib/caisson/guest-agent";

    /** Where the agent listens ({@code guest-agent/PROTOCOL.md}). */
    public static final int LINK_PORT = 49982;

    private final HostParts parts;
    private final HostConfig config;
    private final HostLock lock;
    private final Machinery machinery;
    private final RepairReport repair;
    private volatile boolean closed;

    private Host(HostParts parts, HostConfig config, HostLock lock) {
        this.parts = parts;
        this.config = config;
        this.lock = lock;
        this.machinery = new Machinery(parts, config);
        var saved = machinery.saved().open();
        var found = machinery.recovery().run();
        machinery.saved().sandboxesAreKnown();
        this.repair = new RepairReport(
                found.when(), found.adopted(), Stream.concat(saved.stream(), found.repaired().stream()).toList());
        machinery.standbys().open();
    }

    /**
     * Takes charge of the installation's sandboxes: adopts what runs, ends and removes the rest, opens the slot pool.
     *
     * @throws NodeException {@code CONFLICT} if another server has them
     */
    public static Host open(HostParts parts, HostConfig config) {
        var sandboxes = parts.installation().sandboxes();
        try {
            Files.createDirectories(sandboxes);
        } catch (IOException e) {
            throw new NodeException(Category.INTERNAL, "could not make the sandboxes' folder: " + e.getMessage(), e);
        }
        return new Host(parts, config, HostLock.take(sandboxes));
    }

    /** Every name that a {@link StepObserver} of this host may see. */
    public List<String> stepNames() {
        return Stream.concat(lifeStepNames().stream(), copyStepNames().stream()).toList();
    }

    /** Those of a sandbox's own life. */
    List<String> lifeStepNames() {
        return machinery.steps().names(config.standbys().areOn());
    }

    /** Those that come with states which are saved for others. */
    List<String> copyStepNames() {
        return machinery.steps().namesOfCopies();
    }

    /** To be called before the first create. */
    public void addListener(SandboxListener listener) {
        machinery.listeners().add(listener);
    }

    @Override
    public SandboxInfo create(CreateRequest request) {
        requireOpen();
        if (!request.internet()) {
            throw new NodeException(
                    Category.UNSUPPORTED, "this installation cannot keep a sandbox from the internet yet");
        }
        var saved = machinery.saved().hold(request.template());
        if (saved.isPresent()) {
            try (var state = saved.get()) {
                return machinery.creation().create(new Assembly.Order(request, new Origin.Saved(state)));
            }
        }
        var template = parts.templates().find(request.template()).orElseThrow(() ->
                new NodeException(Category.NOT_FOUND, "template '" + request.template() + "' not found"));
        return machinery.creation().create(new Assembly.Order(request, new Origin.Template(template)));
    }

    @Override
    public Isolation isolation() {
        return parts.engine().info().strength();
    }

    @Override
    public Optional<TemplateInfo> template(String idOrName) {
        return parts.templates().find(idOrName).map(Host::describe);
    }

    @Override
    public List<TemplateInfo> templateBuilds() {
        return parts.templates().builds().stream().map(Host::describe).toList();
    }

    private static TemplateInfo describe(TemplateBuild build) {
        return new TemplateInfo(
                build.templateId(), build.buildId(), build.names(), build.created(), build.cpus(), build.memoryBytes(),
                build.diskBytes(), build.timeout());
    }

    @Override
    public Optional<SandboxInfo> find(SandboxId id) {
        return machinery.registry().find(id).flatMap(Sandbox::found);
    }

    @Override
    public Optional<SandboxInfo> findEnding(SandboxId id) {
        return machinery.registry().find(id)
                .flatMap(sandbox -> sandbox.phase() instanceof Phase.Ending ending && !ending.hasGone()
                        ? ending.ran()
                        : Optional.empty());
    }

    @Override
    public List<SandboxInfo> list() {
        return machinery.registry().all().stream()
                .flatMap(sandbox -> sandbox.found().stream())
                .toList();
    }

    @Override
    public boolean kill(SandboxId id, EndCause cause) {
        var sandbox = machinery.registry().find(id);
        if (sandbox.isEmpty() || sandbox.get().isStandby() || hasGone(sandbox.get())) {
            return false;
        }
        awaitEnd(machinery.endings().begin(sandbox.get(), cause, "it was killed"));
        return true;
    }

    private static boolean hasGone(Sandbox sandbox) {
        return sandbox.phase() instanceof Phase.Ending ending && ending.hasGone();
    }

    /** What does not go within the time for an answer goes on in the background. */
    private void awaitEnd(Phase.Ending ending) {
        try {
            ending.firstTry().get(config.patience().kill().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return;
        } catch (ExecutionException e) {
            throw new IllegalStateException("an end never fails, it is tried again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public SandboxInfo setDeadline(SandboxId id, Instant deadline) {
        return machinery.moves().set(sandbox(id), deadline);
    }

    @Override
    public SandboxInfo extendDeadline(SandboxId id, Instant deadline) {
        return machinery.moves().extend(sandbox(id), deadline);
    }

    @Override
    public SandboxInfo pause(SandboxId id, PauseRequest request) {
        requireOpen();
        return machinery.pauses().pause(sandbox(id), request);
    }

    @Override
    public SandboxInfo resume(SandboxId id, ResumeRequest request) {
        requireOpen();
        return machinery.resumes().resume(sandbox(id), request);
    }

    @Override
    public List<ForkResult> fork(SandboxId id, ForkRequest request) {
        return machinery.forks().fork(sandbox(id), request);
    }

    @Override
    public Snapshots snapshots() {
        return machinery.saved().snapshots();
    }

    @Override
    public Checkpoints checkpoints() {
        return machinery.checkpoints();
    }

    private static NodeException notYet() {
        return new NodeException(Category.UNSUPPORTED, "this node cannot save sandboxes yet");
    }

    @Override
    public GuestAgent agent(SandboxId id) {
        return running(id).agent();
    }

    @Override
    public GuestStream dial(SandboxId id, int port) {
        var agent = running(id).agent();
        try {
            return agent.dial("", port);
        } catch (GuestException e) {
            // A sandbox that ended meanwhile is the better answer.
            running(id);
            var refused = e.errno() == Errno.ECONNREFUSED;
            throw new NodeException(
                    Category.UNAVAILABLE,
                    refused ? "nothing listens on port " + port + " of sandbox " + id
                            : "could not connect to port " + port + " of sandbox " + id + ": " + e.getMessage(),
                    e);
        }
    }

    @Override
    public UsageHistory usageHistory() {
        return machinery.history().usage();
    }

    @Override
    public SandboxLogs logs() {
        return machinery.history().logs();
    }

    @Override
    public StandbyStatus standbys() {
        return machinery.standbys().status();
    }

    @Override
    public List<EndRecord> ended() {
        return machinery.log().latest();
    }

    @Override
    public RepairReport repairReport() {
        return repair;
    }

    /**
     * What a running sandbox uses now.
     *
     * @throws NodeException {@code NOT_FOUND}
     */
    public Usage usage(SandboxId id) {
        return running(id).engine().usage();
    }

    public HostStatus status() {
        return machinery.status();
    }

    private void requireOpen() {
        if (closed) {
            throw new NodeException(Category.UNAVAILABLE, "the server is stopping; try again when it is back");
        }
    }

    private Sandbox sandbox(SandboxId id) {
        return machinery.registry().find(id).orElseThrow(() -> NodeException.notFound(id));
    }

    private Phase.Running running(SandboxId id) {
        return sandbox(id).running().orElseThrow(() -> NodeException.notFound(id));
    }

    /** Undoes creates that are under way and stops watching. Running sandboxes go on, their deadlines in their journals. */
    @Override
    public void close() {
        closed = true;
        machinery.close();
        lock.close();
    }
}
