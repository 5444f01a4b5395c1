package dev.caisson.guest;

import dev.caisson.base.Category;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The agent of a guest, reached over TCP. Safe for use by many threads; calls block, best on virtual threads.
 *
 * <p>What the guest sends is bounded: a message 4 MiB, an answer 32 MiB (lists of files and contents are handed on as they come). An answer comes within 30 s, or 5 minutes where
 * folders are walked or a process is to read its input; transfers may not stand still for more than 60 s.
 */
public final class GuestLink implements GuestAgent {
    /** Where the agent listens ({@code guest-agent/PROTOCOL.md}). */
    public static final int PORT = 49982;

    private final Link link;
    private final AgentInfo info;
    private final LinkAgent agent;
    private final LinkProcesses processes;
    private final LinkFiles files;
    private final LinkWatches watches;
    private final LinkPorts ports;

    private GuestLink(Link link, AgentInfo info) {
        this.link = link;
        this.info = info;
        this.agent = new LinkAgent(link, info);
        this.processes = new LinkProcesses(link);
        this.files = new LinkFiles(link);
        this.watches = new LinkWatches(link);
        this.ports = new LinkPorts(link);
    }

    /**
     * Connects to an agent that may not listen yet: tries again every few milliseconds until both sides have proved that
     * they know the key. The connection is kept for the first operation.
     *
     * @param key 32 bytes
     * @throws GuestException {@code UNAVAILABLE} or {@code TIMEOUT} when patience is over; {@code DENIED} at once when the
     *     agent has another key; {@code INTERNAL} when what answers is no agent
     */
    public static GuestLink connect(InetSocketAddress address, byte[] key, Duration patience) {
        return connect(address, key, patience, LinkTimeouts.USUAL);
    }

    /** Connects to an agent that listens; like {@link #connect}, but one attempt only. */
    public static GuestLink connectOnce(InetSocketAddress address, byte[] key, Duration patience) {
        var link = new Link(address, key, LinkTimeouts.USUAL);
        return new GuestLink(link, new Greeting(link).once(Deadline.after(patience)));
    }

    static GuestLink connect(InetSocketAddress address, byte[] key, Duration patience, LinkTimeouts timeouts) {
        var link = new Link(address, key, timeouts);
        return new GuestLink(link, new Greeting(link).untilAnswered(Deadline.after(patience)));
    }

    @Override
    public AgentInfo info() {
        return info;
    }

    @Override
    public void ping(Duration deadline) {
        agent.ping(deadline);
    }

    @Override
    public void keepAlive(Duration limit, Duration deadline) {
        agent.keepAlive(limit, deadline);
    }

    @Override
    public void init(Identity identity) {
        agent.init(identity);
    }

    @Override
    public void awake(Awakening awakening) {
        agent.awake(awakening);
    }

    @Override
    public List<HookResult> runHooks(HookMoment moment, Duration deadline) {
        return agent.runHooks(moment, deadline);
    }

    @Override
    public Map<String, String> environment() {
        return agent.environment();
    }

    @Override
    public GuestStats stats() {
        return agent.stats();
    }

    @Override
    public ProcessStream spawn(SpawnRequest request) {
        return processes.spawn(request);
    }

    @Override
    public ProcessStream attach(ProcessSelector selector, long offset) {
        return processes.attach(selector, offset);
    }

    @Override
    public List<ProcessInfo> processes() {
        return processes.list();
    }

    @Override
    public void signal(ProcessSelector selector, int signal) {
        processes.signal(selector, signal);
    }

    @Override
    public void writeInput(ProcessSelector selector, InputKind kind, byte[] data) {
        processes.writeInput(selector, kind, data);
    }

    @Override
    public void closeInput(ProcessSelector selector) {
        processes.closeInput(selector);
    }

    @Override
    public void resize(ProcessSelector selector, int columns, int rows) {
        processes.resize(selector, columns, rows);
    }

    @Override
    public FileEntry stat(String user, String path) {
        return files.stat(user, path);
    }

    @Override
    public void list(String user, String path, int depth, Consumer<FileEntry> each) {
        files.list(user, path, depth, each);
    }

    @Override
    public FileEntry makeFolder(String user, String path) {
        return files.makeFolder(user, path);
    }

    @Override
    public FileEntry move(String user, String source, String destination) {
        return files.move(user, source, destination);
    }

    @Override
    public void remove(String user, String path) {
        files.remove(user, path);
    }

    @Override
    public FileRead read(String user, String path, long offset, long length) {
        return files.read(user, path, offset, length);
    }

    @Override
    public FileEntry write(String user, String path, Map<String, String> metadata, InputStream content) {
        return files.write(user, path, metadata, content);
    }

    @Override
    public Watch watch(WatchRequest request) {
        return watches.watch(request);
    }

    @Override
    public String createWatcher(WatchRequest request) {
        return watches.create(request);
    }

    @Override
    public List<WatchEvent> watcherEvents(String watcherId) {
        return watches.events(watcherId);
    }

    @Override
    public void removeWatcher(String watcherId) {
        watches.remove(watcherId);
    }

    @Override
    public GuestStream dial(String host, int port) {
        checkPort(port, 1);
        return ports.dial(host, port);
    }

    @Override
    public Served serve(String host, int port, Consumer<GuestStream> accept) {
        checkPort(port, 0);
        return ports.serve(host, port, accept);
    }

    @Override
    public void close() {
        link.close();
    }

    private static void checkPort(int port, int lowest) {
        if (port < lowest || port > 0xffff) {
            throw new GuestException(Category.INVALID, "a port is a number from %d to 65535, not %d".formatted(lowest, port));
        }
    }
}
