package dev.caisson.host;

import dev.caisson.engine.EngineHandle;
import dev.caisson.engine.EngineSandbox;
import dev.caisson.host.journal.Journal;
import dev.caisson.node.Pause;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * What a new server process does with sandboxes that an earlier one had paused, or was about to resume: they are paused, whatever
 * the machine went through meanwhile. What an interrupted pause had left to take away is taken away; an interrupted resume is
 * undone. Where the guest may have run and nobody can say how far it came, its files are kept and its memory is not.
 */
final class PausedRecovery {
    private final HostParts parts;
    private final Rests rests;
    private final List<String> lines;

    /** @param lines of the repair report, to add to */
    PausedRecovery(HostParts parts, Rests rests, List<String> lines) {
        this.parts = parts;
        this.rests = rests;
        this.lines = lines;
    }

    /**
     * Lets it rest.
     *
     * @return why that is impossible, if it is
     */
    Optional<String> rest(Sandbox sandbox, Journal journal) {
        var assembly = sandbox.assembly();
        if (!Files.exists(assembly.folder().disk())) {
            return Optional.of("its disk is gone");
        }
        switch (journal.phase()) {
            case Journal.Phase.Paused(var build, var memory, var released, var keyRun, var freshDisk) -> {
                assembly.restAs(journal, true);
                if (released) {
                    forgetRun(assembly);
                } else {
                    lines.add("sandbox " + sandbox.id() + " was being paused when the server stopped; it is paused");
                }
            }
            case Journal.Phase.Resuming(var from) -> {
                assembly.restAs(journal.with(from), true);
                undone(assembly, journal, !from.freshDisk() && mayHaveRun(assembly, journal));
            }
            case Journal.Phase.Restored(var from, var handle) -> {
                assembly.restAs(journal.with(from), true);
                var runs = isOfThisBoot(journal) ? find(assembly, handle) : Optional.<EngineSandbox>empty();
                runs.ifPresent(assembly::engine);
                assembly.outgrewRest(runs.isPresent() && hasMemory(journal));
                undone(assembly, journal, !from.freshDisk() && runs.isEmpty());
            }
            case Journal.Phase.Standby _, Journal.Phase.Starting _, Journal.Phase.Running _, Journal.Phase.Ending _ ->
                throw new IllegalStateException("sandbox " + sandbox.id() + " is not paused");
        }
        checkMemory(assembly);
        var pausing = new Phase.Pausing(assembly.rest().orElseThrow().info());
        sandbox.change(now -> now instanceof Phase.Starting ? pausing : now);
        rests.begin(sandbox, () -> pausing.answer().complete(pausing.info()), () -> pausing.over().complete(null));
        return Optional.empty();
    }

    /** Nothing of what it ran as is left. */
    private static void forgetRun(Assembly assembly) {
        while (!assembly.taken().element().outlivesRun()) {
            assembly.taken().pop();
        }
    }

    private void undone(Assembly assembly, Journal journal, boolean memoryIsLost) {
        var lost = memoryIsLost && hasMemory(journal);
        if (lost) {
            assembly.restAs(Rests.withFilesOnly(journal), false);
        }
        lines.add("sandbox " + assembly.id() + " was being resumed when the server stopped; it is paused again"
                + (lost ? ", with its files only, since it may have run meanwhile" : ""));
    }

    private static boolean hasMemory(Journal journal) {
        return journal.info().pause().saved() == Pause.Saved.MEMORY;
    }

    private boolean isOfThisBoot(Journal journal) {
        return journal.bootId().equals(parts.bootId());
    }

    /** Nothing was written about its process: it was not there yet, or just. */
    private boolean mayHaveRun(Assembly assembly, Journal journal) {
        return !isOfThisBoot(journal) || mayRemain(assembly);
    }

    private boolean mayRemain(Assembly assembly) {
        try {
            return parts.engine().remains().contains(assembly.machine());
        } catch (RuntimeException e) {
            lines.add("nobody knows whether sandbox " + assembly.id() + " ran: what the engine left could not be listed: " + e.getMessage());
            return true;
        }
    }

    /** One that cannot be asked for is taken away like one that is not there; its files are kept. */
    private Optional<EngineSandbox> find(Assembly assembly, EngineHandle handle) {
        try {
            return parts.engine().find(handle);
        } catch (RuntimeException e) {
            lines.add("what sandbox " + assembly.id() + " ran as could not be looked for: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void checkMemory(Assembly assembly) {
        var rest = assembly.rest().orElseThrow();
        var memory = rest.saved().orElseThrow().memory();
        if (!memory.isEmpty() && !assembly.outgrewRest() && !Files.isDirectory(assembly.folder().memory(memory))) {
            assembly.restAs(Rests.withFilesOnly(rest), false);
            lines.add("the saved memory of sandbox " + assembly.id() + " is gone; its files are kept");
        }
    }
}
