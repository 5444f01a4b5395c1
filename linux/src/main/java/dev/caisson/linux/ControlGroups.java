package dev.caisson.linux;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The machine's control groups, of version 2 or of version 1 (also beside an unused version 2, "hybrid"). A group is named
 * by its path below the hierarchy's root, such as {@code /caisson/i0123}; with version 1 it means the group of that path
 * in every hierarchy. Safe for use by many threads.
 */
public sealed interface ControlGroups permits ControlGroupsOne, ControlGroupsTwo {

    /**
     * Counters of one group, its descendants included.
     *
     * @param cpu processor time since the group exists
     * @param memoryBytes memory of processes and of tmpfs files; not page cache
     * @param cacheBytes page cache of files, tmpfs not included
     * @param tasks processes and threads
     */
    record Usage(Duration cpu, long memoryBytes, long cacheBytes, int tasks) {}

    /** What this machine uses. */
    static ControlGroups ofThisMachine() {
        var root = Path.of("/sys/fs/cgroup");
        return Files.exists(root.resolve("cgroup.controllers")) ? new ControlGroupsTwo(root) : ControlGroupsOne.mounted();
    }

    /** 1 or 2. */
    int version();

    /**
     * Makes a group that others will be put below, in every hierarchy that bounds cpu, memory or processes, or sets the
     * limit of the one that exists.
     *
     * @param memoryBytes what all groups below may use together; nothing means no limit
     * @throws LinuxException {@code DENIED} without root, {@code UNSUPPORTED} if the memory controller is missing
     */
    void createParent(String path, OptionalLong memoryBytes);

    /** Sets what the processes of a group may use of memory, page cache included. */
    void limitMemory(String path, long bytes);

    /** What is charged to the group now, page cache included. Cheap. */
    long chargedMemory(String path);

    /** {@link Usage#memoryBytes} alone. */
    long usedMemory(String path);

    /** How often the kernel ended a process of the group because its memory was used up. */
    long outOfMemoryKills(String path);

    /** @throws LinuxException {@code NOT_FOUND} if there is no such group */
    Usage usage(String path);

    /** Processes in the group itself, of any hierarchy. */
    Set<Long> members(String path);

    /** Names of the groups directly below {@code path}, in any hierarchy; empty if there are none or no such group. */
    Set<String> children(String path);

    /** Sends SIGKILL to every process in the group and below it. Does not wait for them. */
    void killMembers(String path);

    /**
     * Removes the group and those below it, everywhere, waiting up to {@code patience} for its last processes to leave.
     *
     * @return where it could not be removed; empty when all is gone or there was nothing
     */
    List<Path> remove(String path, Duration patience);
}
