package dev.caisson.linux;

import dev.caisson.base.Category;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Version 1: a hierarchy per controller. */
record ControlGroupsOne(Map<String, Hierarchy> controllers) implements ControlGroups {
    private static final Set<String> LIMITING = Set.of("cpu", "cpuacct", "memory", "pids");

    /** The hierarchies of {@code /proc/self/mountinfo}; one may serve several controllers ({@code cpu,cpuacct}). */
    static ControlGroupsOne mounted() {
        var controllers = new TreeMap<String, Hierarchy>();
        for (var mount : Mounts.below(Path.of("/sys/fs/cgroup"))) {
            if (mount.type().equals("cgroup")) {
                for (var name : mount.point().getFileName().toString().split(",")) {
                    controllers.put(name, new Hierarchy(mount.point()));
                }
            }
        }
        return new ControlGroupsOne(Map.copyOf(controllers));
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public void createParent(String path, OptionalLong memoryBytes) {
        LIMITING.stream().filter(controllers::containsKey).forEach(name -> controller(name).create(path));
        var memory = controller("memory");
        memory.write(path, "memory.limit_in_bytes", Long.toString(memoryBytes.orElse(-1)));
    }

    @Override
    public void limitMemory(String path, long bytes) {
        controller("memory").write(path, "memory.limit_in_bytes", Long.toString(bytes));
    }

    @Override
    public long chargedMemory(String path) {
        return Long.parseLong(controller("memory").read(path, "memory.usage_in_bytes"));
    }

    @Override
    public long usedMemory(String path) {
        var stat = controller("memory").read(path, "memory.stat");
        return Hierarchy.keyed(stat, "total_rss") + Hierarchy.keyed(stat, "total_shmem");
    }

    @Override
    public long outOfMemoryKills(String path) {
        return Hierarchy.keyed(controller("memory").read(path, "memory.oom_control"), "oom_kill");
    }

    @Override
    public Usage usage(String path) {
        var stat = controller("memory").read(path, "memory.stat");
        long shared = Hierarchy.keyed(stat, "total_shmem");
        return new Usage(
                Duration.ofNanos(Long.parseLong(controller("cpuacct").read(path, "cpuacct.usage"))),
                Hierarchy.keyed(stat, "total_rss") + shared,
                Math.max(0, Hierarchy.keyed(stat, "total_cache") - shared),
                Integer.parseInt(controller("pids").read(path, "pids.current")));
    }

    @Override
    public Set<Long> members(String path) {
        var found = new TreeSet<Long>();
        controllers.values().forEach(hierarchy -> found.addAll(hierarchy.members(path)));
        return found;
    }

    @Override
    public Set<String> children(String path) {
        var found = new TreeSet<String>();
        controllers.values().forEach(hierarchy -> found.addAll(hierarchy.children(path)));
        return found;
    }

    @Override
    public void killMembers(String path) {
        controllers.values().forEach(hierarchy -> hierarchy.killMembers(path));
    }

    @Override
    public List<Path> remove(String path, Duration patience) {
        var left = new ArrayList<Path>();
        long deadline = System.nanoTime() + patience.toNanos();
        Set.copyOf(controllers.values()).forEach(hierarchy -> hierarchy.remove(path, deadline, left));
        return left;
    }

    private Hierarchy controller(String name) {
        var hierarchy = controllers.get(name);
        if (hierarchy == null) {
            throw new LinuxException(Category.UNSUPPORTED, "the control group controller '" + name + "' is not mounted below /sys/fs/cgroup");
        }
        return hierarchy;
    }
}
