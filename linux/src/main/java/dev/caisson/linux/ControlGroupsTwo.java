package dev.caisson.linux;

import dev.caisson.base.Category;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Version 2: one hierarchy for all controllers. */
final class ControlGroupsTwo implements ControlGroups {
    private final Hierarchy hierarchy;

    ControlGroupsTwo(Path root) {
        hierarchy = new Hierarchy(root);
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    public void createParent(String path, OptionalLong memoryBytes) {
        if (!Set.of(hierarchy.read("", "cgroup.controllers").split(" ")).containsAll(Set.of("cpu", "memory", "pids"))) {
            throw new LinuxException(Category.UNSUPPORTED, "the control group controllers cpu, memory and pids are not all available in "
                    + hierarchy.root());
        }
        hierarchy.create(path);
        // A controller works in a group only where every group above passes it down.
        var goal = Path.of(path);
        for (int depth = 0; depth <= goal.getNameCount(); depth++) {
            var group = depth == 0 ? "" : goal.subpath(0, depth).toString();
            hierarchy.write(group, "cgroup.subtree_control", "+cpu +memory +pids");
        }
        hierarchy.write(path, "memory.max", memoryBytes.isPresent() ? Long.toString(memoryBytes.getAsLong()) : "max");
    }

    @Override
    public void limitMemory(String path, long bytes) {
        hierarchy.write(path, "memory.max", Long.toString(bytes));
        hierarchy.children(path).stream().map(child -> path + "/" + child)
                // Without the controller a group has no limit of its own.
                .filter(child -> Files.exists(hierarchy.folder(child).resolve("memory.max")))
                .forEach(child -> limitMemory(child, bytes));
    }

    @Override
    public long chargedMemory(String path) {
        return Long.parseLong(hierarchy.read(path, "memory.current"));
    }

    @Override
    public long usedMemory(String path) {
        var stat = hierarchy.read(path, "memory.stat");
        return Hierarchy.keyed(stat, "anon") + Hierarchy.keyed(stat, "shmem");
    }

    @Override
    public long outOfMemoryKills(String path) {
        return Hierarchy.keyed(hierarchy.read(path, "memory.events"), "oom_kill");
    }

    @Override
    public Usage usage(String path) {
        var memory = hierarchy.read(path, "memory.stat");
        long shared = Hierarchy.keyed(memory, "shmem");
        return new Usage(
                Duration.ofNanos(1000 * Hierarchy.keyed(hierarchy.read(path, "cpu.stat"), "usage_usec")),
                Hierarchy.keyed(memory, "anon") + shared,
                Math.max(0, Hierarchy.keyed(memory, "file") - shared),
                Integer.parseInt(hierarchy.read(path, "pids.current")));
    }

    @Override
    public Set<Long> members(String path) {
        return hierarchy.members(path);
    }

    @Override
    public Set<String> children(String path) {
        return hierarchy.children(path);
    }

    @Override
    public void killMembers(String path) {
        if (Files.exists(hierarchy.folder(path).resolve("cgroup.kill"))) {
            hierarchy.write(path, "cgroup.kill", "1");
        } else {
            hierarchy.killMembers(path);
        }
    }

    @Override
    public List<Path> remove(String path, Duration patience) {
        var left = new ArrayList<Path>();
        hierarchy.remove(path, System.nanoTime() + patience.toNanos(), left);
        return left;
    }
}
