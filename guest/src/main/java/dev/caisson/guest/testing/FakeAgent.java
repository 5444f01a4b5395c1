package dev.caisson.guest.testing;

import dev.caisson.base.Category;
import dev.caisson.guest.AgentInfo;
import dev.caisson.guest.Awakening;
import dev.caisson.guest.FileEntry;
import dev.caisson.guest.FileRead;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.GuestStats;
import dev.caisson.guest.GuestStream;
import dev.caisson.guest.HookMoment;
import dev.caisson.guest.HookResult;
import dev.caisson.guest.Identity;
import dev.caisson.guest.InputKind;
import dev.caisson.guest.ProcessInfo;
import dev.caisson.guest.ProcessSelector;
import dev.caisson.guest.ProcessStream;
import dev.caisson.guest.Served;
import dev.caisson.guest.SpawnRequest;
import dev.caisson.guest.Watch;
import dev.caisson.guest.WatchEvent;
import dev.caisson.guest.WatchRequest;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A {@link GuestAgent} without a guest. Users are {@code root} and {@code user} (the default). Safe for use by many threads.
 *
 * <pre>{@code
 * var agent = new FakeAgent();
 * agent.run("echo", process -> process.print("hello\n").exit(0));
 * agent.files().put("/home/user/a.txt", "text");
 * }</pre>
 */
public final class FakeAgent implements GuestAgent {
    private final FakeFiles files = new FakeFiles();
    private final FakeProcesses processes = new FakeProcesses();
    private final FakeWatches watches = new FakeWatches();
    private final FakePorts ports = new FakePorts();
    private volatile Optional<Identity> identity = Optional.empty();
    private volatile Optional<Awakening> awakening = Optional.empty();
    private final Map<HookMoment, List<HookResult>> hookResults = new ConcurrentHashMap<>();
    private final List<HookMoment> hooksRun = new CopyOnWriteArrayList<>();
    private volatile Optional<byte[]> linkKey = Optional.empty();
    private volatile Optional<Duration> patience = Optional.empty();
    private volatile boolean broken;
    private final AtomicBoolean missing = new AtomicBoolean();
    private volatile Runnable onPing = () -> {};
    private volatile Set<String> capabilities = Set.of("awake", "hooks");

    /** What a command does when it is spawned, on a virtual thread of its own; later calls replace earlier ones. */
    public void run(String command, FakeProcess.Program program) {
        processes.program(command, program);
    }

    public FakeFiles files() {
        return files;
    }

    /** Sends an event to every live watch and polled watcher of that folder. */
    public void changed(String folder, WatchEvent event) {
        watches.emit(folder, event);
    }

    /** Something that listens inside the guest; gets each dialled connection on a virtual thread of its own. */
    public void listen(int port, Consumer<GuestStream> listener) {
        ports.listen(port, listener);
    }

    /** Something that listens inside the guest, whose connections the test makes itself: with {@code connections}. */
    public void listenWith(int port, Supplier<GuestStream> connections) {
        ports.listenWith(port, connections);
    }

    /** Connects from inside the guest to a port that is served by the host. */
    public GuestStream connectServed(int port) {
        return ports.connectServed(port);
    }

    /** The process with that id, whether it runs or not. */
    public FakeProcess process(int pid) {
        return processes.any(pid);
    }

    /** What {@link #init} was last told. */
    public Optional<Identity> identity() {
        return identity;
    }

    /** How long {@link #keepAlive} last told the agent to wait for a host. */
    public Optional<Duration> patience() {
        return patience;
    }

    /** What {@link #awake} was last told. */
    public Optional<Awakening> awakening() {
        return awakening;
    }

    /** The key for later connections that it was told last, by either of these. */
    public Optional<byte[]> linkKey() {
        return linkKey.map(byte[]::clone);
    }

    /** What {@link #runHooks} says from now on; none until then. */
    public void hooks(HookMoment moment, HookResult... results) {
        hookResults.put(moment, List.of(results));
    }

    /** The moments {@link #runHooks} was called for, in their order. */
    public List<HookMoment> hooksRun() {
        return List.copyOf(hooksRun);
    }

    /** From now on it says that it has these optional parts only. */
    public void capabilities(Set<String> has) {
        capabilities = Set.copyOf(has);
    }

    /** From now on every call and every open stream fails as if the guest had died. */
    public void breakLink() {
        broken = true;
        processes.breakStreams();
        watches.breakStreams();
        ports.breakStreams();
    }

    /** Runs in every {@link #ping} before it is answered. */
    public void onPing(Runnable action) {
        onPing = action;
    }

    /** The next {@link #keepAlive} finds the guest too busy to answer in time. */
    public void missNextAnswer() {
        missing.set(true);
    }

    @Override
    public AgentInfo info() {
        return new AgentInfo(1, "fake", capabilities);
    }

    @Override
    public void ping(Duration deadline) {
        onPing.run();
        alive();
    }

    @Override
    public void keepAlive(Duration limit, Duration deadline) {
        alive();
        if (missing.compareAndSet(true, false)) {
            throw new GuestException(Category.TIMEOUT, "the fake agent is busy");
        }
        patience = Optional.of(limit);
    }

    @Override
    public void init(Identity next) {
        alive();
        identity = Optional.of(next);
        linkKey = Optional.of(next.nextLinkKey());
    }

    @Override
    public void awake(Awakening next) {
        alive();
        awakening = Optional.of(next);
        linkKey = Optional.of(next.nextLinkKey());
    }

    @Override
    public List<HookResult> runHooks(HookMoment moment, Duration deadline) {
        alive();
        hooksRun.add(moment);
        return hookResults.getOrDefault(moment, List.of());
    }

    @Override
    public Map<String, String> environment() {
        alive();
        return identity.map(Identity::environment).orElse(Map.of());
    }

    @Override
    public ProcessStream spawn(SpawnRequest request) {
        alive();
        FakeFiles.checkUser(request.user());
        request.folder().ifPresent(folder -> files.requireFolder(request.user(), folder));
        return processes.spawn(request);
    }

    @Override
    public ProcessStream attach(ProcessSelector selector, long offset) {
        alive();
        return processes.attach(selector, offset);
    }

    @Override
    public List<ProcessInfo> processes() {
        alive();
        return processes.running();
    }

    @Override
    public void signal(ProcessSelector selector, int signal) {
        alive();
        processes.live(selector).signalled(signal);
    }

    @Override
    public void writeInput(ProcessSelector selector, InputKind kind, byte[] data) {
        alive();
        processes.live(selector).take(kind, data);
    }

    @Override
    public void closeInput(ProcessSelector selector) {
        alive();
        processes.live(selector).inputClosed();
    }

    @Override
    public void resize(ProcessSelector selector, int columns, int rows) {
        alive();
        processes.live(selector).resized(columns, rows);
    }

    @Override
    public FileEntry stat(String user, String path) {
        alive();
        return files.stat(user, path);
    }

    @Override
    public void list(String user, String path, int depth, Consumer<FileEntry> each) {
        alive();
        files.list(user, path, depth).forEach(each);
    }

    @Override
    public FileEntry makeFolder(String user, String path) {
        alive();
        return files.makeFolder(user, path);
    }

    @Override
    public FileEntry move(String user, String source, String destination) {
        alive();
        return files.move(user, source, destination);
    }

    @Override
    public void remove(String user, String path) {
        alive();
        files.remove(user, path);
    }

    @Override
    public FileRead read(String user, String path, long offset, long length) {
        alive();
        return files.read(user, path, offset, length);
    }

    @Override
    public FileEntry write(String user, String path, Map<String, String> metadata, InputStream content) {
        alive();
        return files.write(user, path, metadata, content);
    }

    @Override
    public Watch watch(WatchRequest request) {
        alive();
        return watches.watch(files.requireFolder(request.user(), request.path()));
    }

    @Override
    public String createWatcher(WatchRequest request) {
        alive();
        return watches.create(files.requireFolder(request.user(), request.path()));
    }

    @Override
    public List<WatchEvent> watcherEvents(String watcherId) {
        alive();
        return watches.drain(watcherId);
    }

    @Override
    public void removeWatcher(String watcherId) {
        alive();
        watches.remove(watcherId);
    }

    @Override
    public GuestStream dial(String host, int port) {
        alive();
        return ports.dial(port);
    }

    @Override
    public Served serve(String host, int port, Consumer<GuestStream> accept) {
        alive();
        return ports.serve(port, accept);
    }

    @Override
    public GuestStats stats() {
        alive();
        return new GuestStats(
                2, Duration.ofSeconds(100), Duration.ofSeconds(10), 1L << 30, 1L << 29, 1L << 27, 10L << 30, 9L << 30, 5);
    }

    @Override
    public void close() {
        breakLink();
    }

    private void alive() {
        if (broken) {
            throw new GuestException(Category.UNAVAILABLE, "the fake agent's link was broken by the test");
        }
    }
}
