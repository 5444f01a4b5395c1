package dev.caisson.guest;

import dev.caisson.base.Category;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The agent of one sandbox. Safe for use by many threads. Every method may throw {@link GuestException}.
 *
 * <p><b>Users and paths.</b> A {@code user} is a name in the guest's {@code /etc/passwd} (or a decimal uid); empty means
 * the default user of {@link #init}. An unknown one is {@code UNAUTHENTICATED}. A {@code path} is resolved in the guest:
 * empty is the default folder (else the user's home); {@code ~} and {@code ~/x} are below the user's home; a relative path
 * is below the user's home; an absolute one is used as it is, not normalised; {@code ~name} is {@code INVALID}. Paths are
 * UTF-8; bytes that are not become U+FFFD on the way out. Answers carry the resolved path
 * ({@code contract/envd.md} §5.1).
 */
public interface GuestAgent extends AutoCloseable {

    /** What the agent said in its hello. */
    AgentInfo info();

    /** A quick round trip that shows the agent is alive. */
    void ping(Duration deadline);

    /**
     * Like {@link #ping}, and tells the agent how long to wait for the next word of a host before it stops all user
     * processes; replaces {@link Identity#deadlineSeconds}.
     *
     * @param limit rounded up to whole seconds; zero for ever
     */
    void keepAlive(Duration limit, Duration deadline);

    /** Tells the agent who it is; applied as a whole. The link key becomes the one given for all later connections. */
    void init(Identity identity);

    /**
     * Tells the agent of a restored sandbox that time has passed and perhaps who it is now; applied as a whole. Its default
     * user, folder and environment stay. The link key becomes the one given for all later connections; every other connection
     * of the link ends, so what is told first after a restore is this. It may be told again.
     *
     * @throws GuestException {@code UNSUPPORTED} if the agent in the saved state is too old for it
     */
    void awake(Awakening awakening);

    /**
     * Runs the programs in {@code /etc/caisson/hooks/<moment>.d}, in the order of their names, as root, one after the other.
     * Does nothing where there are none. None of them can make this fail: who runs longer is killed, and the rest not started.
     * What they print is dropped.
     *
     * @param deadline for all of them together, an hour at most
     * @return what became of each of the first 64
     * @throws GuestException {@code UNSUPPORTED} if the agent is too old for it
     */
    List<HookResult> runHooks(HookMoment moment, Duration deadline);

    /** The default environment that {@link #init} set, for {@code /envs}. */
    Map<String, String> environment();

    /**
     * Starts a process and subscribes to it.
     *
     * @throws GuestException {@code INVALID} when the working folder does not exist or cannot be entered, or the pty cannot
     *     be made. A missing command is not an error here: the process exits with 127 (126 if not executable).
     */
    ProcessStream spawn(SpawnRequest request);

    /**
     * Subscribes to a process that runs, or that ended within the last 30 s (then the stream has only its exit).
     *
     * @param offset from which byte of the remembered output on (see {@link ProcessStream#offset}); -1 for none of it
     * @throws GuestException {@code NOT_FOUND}
     */
    ProcessStream attach(ProcessSelector selector, long offset);

    /** Running processes that were started through the link, with their requests as given. */
    List<ProcessInfo> processes();

    /** Sends a signal to the process (not its group). {@code NOT_FOUND}; {@code CONFLICT} if it has ended just now. */
    void signal(ProcessSelector selector, int signal);

    /** Writes to its standard input or pty; returns when the pipe took all of it. */
    void writeInput(ProcessSelector selector, InputKind kind, byte[] data);

    /** Closes its standard input; done already is fine. {@code UNSUPPORTED} for a pty. */
    void closeInput(ProcessSelector selector);

    /** Sets the size of its terminal. {@code CONFLICT} if it has none. */
    void resize(ProcessSelector selector, int columns, int rows);

    /** Describes an entry. Links are described themselves, with the type and mode of what they point at. */
    FileEntry stat(String user, String path);

    /**
     * Entries below a folder in preorder, names sorted by bytes, links listed and not followed. Depth 1 = the folder's own.
     * Each is handed over as it comes, however many the guest has: whoever keeps them bounds them.
     *
     * @throws GuestException also after some of them
     */
    void list(String user, String path, int depth, Consumer<FileEntry> each);

    /**
     * The same for folders that are not large.
     *
     * @throws GuestException {@code EXHAUSTED} beyond 100,000 entries
     */
    default List<FileEntry> list(String user, String path, int depth) {
        var most = 100_000;
        var entries = new ArrayList<FileEntry>();
        list(user, path, depth, entry -> {
            if (entries.size() == most) {
                throw new GuestException(Category.EXHAUSTED, "listing '" + path + "': there are more than " + most + " entries");
            }
            entries.add(entry);
        });
        return List.copyOf(entries);
    }

    /** Makes a folder with its parents; new ones belong to the user. {@code CONFLICT} + EEXIST if it exists. */
    FileEntry makeFolder(String user, String path);

    /** rename(2), after making the destination's parents. */
    FileEntry move(String user, String source, String destination);

    /** Removes recursively, never following links. A missing path is fine. */
    void remove(String user, String path);

    /** Opens a file for reading from {@code offset} on, at most {@code length} bytes (-1: to its end). */
    FileRead read(String user, String path, long offset, long length);

    /**
     * Writes a file from a stream of any length: makes missing parents (owned by the user), keeps the mode of an existing
     * file, truncates, replaces the {@code user.e2b.*} attributes by {@code metadata}. Not atomic, by contract. The entry
     * returned is that after the last byte.
     *
     * @throws GuestException with EISDIR, ENOSPC, ENOTDIR, …; the file then has what was written so far
     */
    FileEntry write(String user, String path, Map<String, String> metadata, InputStream content);

    /** Watches a folder. The watch is armed when this returns. Events are delivered until the handle is closed. */
    Watch watch(WatchRequest request);

    /** Makes a watcher that collects events inside the guest until they are fetched. Returns its id. */
    String createWatcher(WatchRequest request);

    /** Fetches and forgets what a watcher collected. {@code NOT_FOUND}. */
    List<WatchEvent> watcherEvents(String watcherId);

    /** {@code NOT_FOUND} if there is none. */
    void removeWatcher(String watcherId);

    /**
     * Connects to a TCP address inside the guest, {@code 127.0.0.1} and {@code ::1} included.
     *
     * @param host an IP address, or empty for whichever of the guest's own addresses something listens on; never the agent's own port
     * @throws GuestException {@code UNAVAILABLE} with ECONNREFUSED if nothing listens
     */
    GuestStream dial(String host, int port);

    /**
     * Makes the agent listen inside the guest; each connection made there is handed to {@code accept} on a virtual thread
     * of its own, which closes it. Serving ends when the handle is closed.
     *
     * @param host an address of the guest, {@code 0.0.0.0} for all
     */
    Served serve(String host, int port, Consumer<GuestStream> accept);

    /** Counters of the guest as a whole. */
    GuestStats stats();

    /** Closes every connection of the link. The guest is not touched. */
    @Override
    void close();
}
