package dev.caisson.host;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.host.journal.Journal;
import dev.caisson.host.journal.JournalException;
import dev.caisson.host.journal.Quarantine;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.host.journal.SandboxFolder.Reading;
import dev.caisson.network.NetworkException;
import dev.caisson.network.Slot;
import dev.caisson.node.EndCause;
import dev.caisson.node.EndRecord;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.NodeException;
import dev.caisson.node.RepairReport;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a new server process does with what an earlier one left: adopts sandboxes that still run, ends the others with
 * their cause, and removes what belongs to none.
 *
 * <p>The order matters. The slots of everything that may still run are kept before the slot pool opens, because the pool
 * gives every other slot to new sandboxes; they are released like any other when the engine has removed the sandbox.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    /** A folder and what its journal said. */
    private record Found(SandboxFolder folder, Reading reading) {}

    private final HostParts parts;
    private final int atOnce;
    private final Registry registry;
    private final StepRunner runner;
    private final Endings endings;
    private final LifeSteps steps;
    private final PausedRecovery paused;
    private final Quarantine quarantine;
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final List<Sandbox> survivors = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger standbys = new AtomicInteger();
    private final List<SandboxId> adopted = Collections.synchronizedList(new ArrayList<>());

    Recovery(HostParts parts, int atOnce, Registry registry, StepRunner runner, Endings endings, Rests rests,
            LifeSteps steps) {
        this.parts = parts;
        this.atOnce = atOnce;
        this.registry = registry;
        this.runner = runner;
        this.endings = endings;
        this.steps = steps;
        this.paused = new PausedRecovery(parts, rests, lines);
        this.quarantine = new Quarantine(parts.installation().data().resolve("quarantine"));
    }

    /** @throws NetworkException if the slots cannot be looked at; then nothing was touched */
    RepairReport run() {
        var found = folders().stream().map(folder -> new Found(folder, folder.read())).toList();
        var kept = parts.slots().adopt(slotsOf(found));
        Abreast.each(found, atOnce, each -> attempt(each.folder().id(), () -> examine(each, kept)));
        tellOfStandbys();
        Abreast.each(strays(), atOnce, this::removeStray);
        removeDisksOfNobody();
        // Most of these were ready and waiting, which is no defect, and nobody can tell the others from them.
        LOG.info("network slots that nobody is in, to be cleaned and used again: {}", parts.slots().open());
        Abreast.each(List.copyOf(survivors), atOnce, each -> attempt(each.id(), () -> reconnect(each)));
        lines.forEach(line -> LOG.info("repair: {}", line));
        LOG.info("{} sandboxes were running and go on", adopted.size());
        return new RepairReport(parts.clock().instant(), adopted.size(), lines);
    }

    /** Where something unforeseen happens nothing of the sandbox is touched any more, and the others go on. */
    private void attempt(SandboxId id, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error defect) {
            LOG.error("sandbox {} could not be repaired", id, defect);
            lines.add("sandbox " + id + " could not be repaired by a defect of the server (" + defect + "); the next one tries again");
        }
    }

    private List<SandboxFolder> folders() {
        var found = new ArrayList<SandboxFolder>();
        try (var entries = Files.list(parts.installation().sandboxes())) {
            for (var entry : entries.sorted().toList()) {
                var name = String.valueOf(entry.getFileName());
                var id = SandboxId.parse(name);
                if (id.isPresent()) {
                    found.add(new SandboxFolder(id.get(), entry));
                } else if (!name.equals(HostLock.NAME) && !SandboxFolder.isDisk(name)) {
                    lines.add("'" + name + "' among the sandboxes' folders is no sandbox; it was left alone");
                }
            }
        } catch (IOException e) {
            throw new NodeException(Category.INTERNAL, "could not list the sandboxes' folder: " + e.getMessage(), e);
        }
        return found;
    }

    /** The slots of this boot's sandboxes; those of an earlier boot are gone, and their numbers may be somebody else's. */
    private Set<Integer> slotsOf(List<Found> found) {
        return found.stream()
                .flatMap(each -> each.reading() instanceof Reading.Read(Journal journal) ? Stream.of(journal) : Stream.of())
                .filter(journal -> journal.bootId().equals(parts.bootId()) && !isReleased(journal))
                .map(Journal::slot)
                .collect(Collectors.toSet());
    }

    private static boolean isReleased(Journal journal) {
        return journal.phase() instanceof Journal.Phase.Paused paused && paused.released();
    }

    private void examine(Found found, Map<Integer, Slot> kept) {
        var sandbox = known(found.folder());
        switch (found.reading()) {
            case Reading.Missing() ->
                end(sandbox, EndCause.FAILED, "the server stopped while it was being made or removed");
            case Reading.Unreadable(String why) -> {
                putAside(found.folder());
                end(sandbox, EndCause.FAILED, "its journal could not be read: " + why);
            }
            case Reading.Read(Journal journal) -> {
                sandbox.assembly().journal(journal);
                var slot = kept.get(journal.slot());
                if (slot != null && journal.bootId().equals(parts.bootId())) {
                    sandbox.assembly().slot(slot);
                }
                examine(sandbox, journal);
            }
        }
    }

    private void examine(Sandbox sandbox, Journal journal) {
        if (journal.phase() instanceof Journal.Phase.Standby) {
            sandbox.standby(true);
            standbys.incrementAndGet();
            var unused = endings.abandon(sandbox, EndCause.FAILED, "the server that kept it ready is gone");
            return;
        }
        if (journal.saved().isPresent()) {
            paused.rest(sandbox, journal).ifPresent(why -> end(sandbox, EndCause.FAILED, why));
            return;
        }
        if (!journal.bootId().equals(parts.bootId())) {
            end(sandbox, EndCause.HOST_RESTARTED, "the machine was restarted");
            return;
        }
        switch (journal.phase()) {
            case Journal.Phase.Standby() -> throw new IllegalStateException("a standby was looked at already");
            case Journal.Phase.Starting() ->
                end(sandbox, EndCause.FAILED, "the server stopped while it was being made");
            case Journal.Phase.Paused _, Journal.Phase.Resuming _, Journal.Phase.Restored _ ->
                throw new IllegalStateException("what is paused was looked at already");
            case Journal.Phase.Ending(EndRecord record) -> end(sandbox, record);
            case Journal.Phase.Running running -> {
                if (journal.atDeadline() != Lifecycle.OnTimeout.KILL
                        || parts.clock().instant().isBefore(journal.info().deadline())) {
                    forgetMemory(sandbox.assembly());
                    findAgain(sandbox);
                } else {
                    end(sandbox, EndCause.DEADLINE, "its deadline passed while the server was not running");
                }
            }
        }
    }

    /** What is saved of one that runs is of a pause that was not completed, or of one that is history. */
    private void forgetMemory(Assembly assembly) {
        try {
            assembly.folder().retainMemory("").forEach(name ->
                    lines.add("'" + name + "' of sandbox " + assembly.id() + ", which runs, was of no use any more; it was removed"));
        } catch (JournalException e) {
            lines.add(e.getMessage());
        }
    }

    private void tellOfStandbys() {
        if (standbys.get() > 0) {
            lines.add("sandboxes that were kept ready for nobody yet and were removed: " + standbys);
        }
    }

    private void findAgain(Sandbox sandbox) {
        try {
            runner.apply(steps.findAgain(), sandbox.assembly());
            survivors.add(sandbox);
        } catch (StepRunner.StepFailed e) {
            var died = e.step().equals(FindEngine.NAME) && e.getCause() instanceof NodeException;
            end(sandbox, died ? EndCause.ENGINE_DIED : EndCause.FAILED, died ? FindEngine.GONE : e.reason());
        }
    }

    private void reconnect(Sandbox sandbox) {
        sandbox.assembledHere();
        try {
            runner.apply(steps.reconnect(), sandbox.assembly());
            adopted.add(sandbox.id());
        } catch (StepRunner.StepFailed e) {
            end(sandbox, EndCause.FAILED, e.reason() + ", after the restart of the server");
        }
    }

    /** A sandbox of which anything may exist. */
    private Sandbox known(SandboxFolder folder) {
        var sandbox = new Sandbox(folder, new Phase.Starting(Thread.currentThread()));
        steps.creation().forEach(sandbox.assembly().taken()::push);
        registry.admit(sandbox, Integer.MAX_VALUE);
        return sandbox;
    }

    private void end(Sandbox sandbox, EndCause cause, String detail) {
        end(sandbox, endings.record(sandbox, cause, detail));
    }

    private void end(Sandbox sandbox, EndRecord record) {
        var end = endings.abandon(sandbox, record).end();
        var outcome = registry.find(sandbox.id()).isEmpty()
                ? "its remains were removed"
                : "its remains could not all be removed yet and are tried again";
        lines.add("sandbox " + sandbox.id() + " is gone (" + end.cause() + ": " + end.detail() + "); " + outcome);
    }

    private void putAside(SandboxFolder folder) {
        try {
            lines.add("the unreadable journal of sandbox " + folder.id() + " was kept as " + quarantine.take(folder));
        } catch (JournalException e) {
            lines.add(e.getMessage());
        }
    }

    private Set<String> strays() {
        var strays = new TreeSet<String>();
        try {
            strays.addAll(parts.engine().remains());
            registry.all().forEach(sandbox -> strays.remove(sandbox.assembly().machine()));
        } catch (CaissonException e) {
            lines.add("what the engine left behind could not be listed: " + e.getMessage());
        }
        return strays;
    }

    private void removeDisksOfNobody() {
        var owned = registry.all().stream().map(sandbox -> sandbox.assembly().folder().disk()).collect(Collectors.toSet());
        try (var entries = Files.list(parts.installation().sandboxes())) {
            for (var entry : entries.filter(entry -> SandboxFolder.isDisk(entry.getFileName().toString())).toList()) {
                if (!owned.contains(entry)) {
                    Files.delete(entry);
                    lines.add("disk '" + entry.getFileName() + "' belonged to no sandbox; it was removed");
                }
            }
        } catch (IOException e) {
            lines.add("disks that belong to no sandbox could not be removed: " + e.getMessage());
        }
    }

    private void removeStray(String id) {
        try {
            parts.engine().remove(id);
            lines.add("'" + id + "' of the engine belonged to no sandbox; it was removed");
        } catch (CaissonException e) {
            lines.add("'" + id + "' of the engine belongs to no sandbox and could not be removed: " + e.getMessage());
        }
    }
}
