package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import dev.caisson.linux.ControlGroups;
import dev.caisson.linux.LinuxException;
import dev.caisson.linux.Mounts;
import dev.caisson.linux.ProcessIdentity;
import dev.caisson.linux.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Takes sandboxes off the machine, in whatever state they are, without the tool: what is verified to belong to the sandbox
 * is ended, and its traces are removed one kind after the other. Every step does nothing where there is nothing, so several
 * threads may remove the same sandbox.
 */
final class Remover {
    /** How long each round waits for the last process to leave the group, before processes are looked for again. */
    private static final List<Duration> ROUNDS = List.of(Duration.ofMillis(300), Duration.ofMillis(600), Duration.ofSeconds(4));
    /** {@code <id>_sandbox:<id>.state}, the same with {@code .lock}, and {@code runsc-<id>.sock}. */
    private static final Pattern STATE_FILE = Pattern.compile("(?:runsc-)?([a-z0-9]+)(?:_sandbox:[a-z0-9]+)?\\.(?:state|lock|sock)");
    /** An empty network namespace that the tool keeps for all sandboxes. */
    private static final String EMPTY_NAMESPACE = "null-netns";

    private final Places places;
    private final ControlGroups groups;
    private final RootMounts mounts;

    /** How hard to look for processes. */
    enum Search {
        /** The sandbox was seen running, so all its processes are in its control group. */
        GROUP,
        /** It may be half-made: all processes of the machine are looked at too. */
        MACHINE
    }

    Remover(Places places, ControlGroups groups, RootMounts mounts) {
        this.places = places;
        this.groups = groups;
        this.mounts = mounts;
    }

    /** What becomes of what the sandbox's disk has not written yet. */
    enum Disk {
        /** It is lost. */
        THROWN_AWAY,
        /** It is written. */
        KEPT
    }

    void remove(String id, Search search, Disk disk) {
        try {
            endProcesses(id, search);
            switch (disk) {
                case THROWN_AWAY -> mounts.unmount(id);
                case KEPT -> mounts.unmountWritten(id);
            }
            for (var file : new TreeMap<>(stateFiles()).entrySet()) {
                if (file.getValue().equals(id)) {
                    Files.deleteIfExists(file.getKey());
                }
            }
        } catch (IOException | LinuxException e) {
            throw new EngineException(Category.INTERNAL, "sandbox " + id + " could not be removed completely; a later try may do it", e);
        }
    }

    /** Ids of everything that is left of any sandbox. */
    Set<String> remains() {
        var ids = new TreeSet<String>(groups.children(places.group()));
        ids.addAll(new HostProcesses(places).all().values());
        ids.addAll(stateFiles().values());
        list(places.sandboxes()).forEach(folder -> ids.add(folder.getFileName().toString()));
        ids.removeIf(id -> !Places.isId(id));
        return ids;
    }

    /** Removes what is shared by all sandboxes, when there are none. */
    void removeShared() {
        try {
            var namespace = places.state().resolve(EMPTY_NAMESPACE);
            while (Mounts.isMountPoint(namespace)) {
                Mounts.detach(namespace);
            }
            for (var path : List.of(namespace, places.state(), places.layers(), places.sandboxes(), places.home())) {
                Files.deleteIfExists(path);
            }
            var left = new ArrayList<>(groups.remove(places.group(), Duration.ofSeconds(1)));
            if (groups.children(places.parentGroup()).isEmpty()) {
                left.addAll(groups.remove(places.parentGroup(), Duration.ofSeconds(1)));
            }
            if (!left.isEmpty()) {
                throw new EngineException(Category.INTERNAL, "control groups of the engine could not be removed: " + left);
            }
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "what all sandboxes share could not be removed: " + e.getMessage(), e);
        }
    }

    private void endProcesses(String id, Search search) {
        var group = places.group(id);
        List<Path> left = List.of();
        for (var patience : ROUNDS) {
            groups.killMembers(group);
            if (search == Search.MACHINE || !left.isEmpty()) {
                new HostProcesses(places).all().forEach((process, owner) -> killIf(owner.equals(id), process));
            }
            left = groups.remove(group, patience);
            if (left.isEmpty()) {
                return;
            }
        }
        throw new EngineException(Category.INTERNAL, "processes of sandbox " + id + " do not end: " + groups.members(group)
                + "; `cat /proc/<pid>/stack` tells what the kernel waits for");
    }

    private static void killIf(boolean wanted, ProcessIdentity process) {
        if (wanted) {
            Signals.send(process, Signals.Signal.KILL);
        }
    }

    private TreeMap<Path, String> stateFiles() {
        var found = new TreeMap<Path, String>();
        for (var file : list(places.state())) {
            var name = STATE_FILE.matcher(file.getFileName().toString());
            if (name.matches()) {
                found.put(file, name.group(1));
            }
        }
        return found;
    }

    private static List<Path> list(Path folder) {
        var found = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(folder)) {
            entries.forEach(found::add);
        } catch (NoSuchFileException e) {
            return found;
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "could not list the engine's files: " + e.getMessage(), e);
        }
        return found;
    }
}
