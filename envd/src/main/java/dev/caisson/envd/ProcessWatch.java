package dev.caisson.envd;

import dev.caisson.guest.ProcessEvent;
import dev.caisson.guest.ProcessEvent.Source;
import dev.caisson.node.SandboxInfo;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Sees the events of one process on their way to one client, for the sandbox's log. Used by one thread. */
final class ProcessWatch {
    private final ProcessLog log;
    private final SandboxInfo sandbox;
    private final int pid;
    private final boolean fromStart;
    private final Map<Source, Long> bytes = new EnumMap<>(Source.class);

    /** @param fromStart whether it sees everything that the process prints */
    ProcessWatch(ProcessLog log, SandboxInfo sandbox, int pid, boolean fromStart) {
        this.log = log;
        this.sandbox = sandbox;
        this.pid = pid;
        this.fromStart = fromStart;
    }

    void saw(ProcessEvent event) {
        switch (event) {
            case ProcessEvent.Output(Source source, byte[] data) -> bytes.merge(source, (long) data.length, Long::sum);
            case ProcessEvent.Exited exited -> log.ended(sandbox, pid, exited, fromStart ? counts() : Map.of());
        }
    }

    private Map<String, String> counts() {
        var counts = new TreeMap<String, String>();
        bytes.forEach((source, count) -> counts.put(source.name().toLowerCase(Locale.ROOT) + "_bytes", Long.toString(count)));
        return counts;
    }
}
