package dev.caisson.envd;

import java.util.LinkedHashMap;
import java.util.Optional;

/** The processes of one sandbox that are known to run, the last {@value #MOST} that were started. Safe for use by many threads. */
final class RunningProcesses {
    static final int MOST = 1000;

    /** @param nanos when, on the monotonic clock */
    record Started(long nanos, String command) {}

    private final LinkedHashMap<Integer, Started> byPid = new LinkedHashMap<>();

    synchronized void add(int pid, Started started) {
        byPid.putLast(pid, started);
        if (byPid.size() > MOST) {
            byPid.pollFirstEntry();
        }
    }

    /** Empty if it is not known, as it has been taken already or many were started since. */
    synchronized Optional<Started> take(int pid) {
        return Optional.ofNullable(byPid.remove(pid));
    }
}
