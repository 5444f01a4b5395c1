package dev.caisson.engine.gvisor;

import dev.caisson.engine.Limits;
import dev.caisson.engine.SandboxSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes the OCI runtime specification ({@code config.json}) of a sandbox. */
final class ContainerSpec {
    /**
     * Capabilities of root inside, kept by the sandbox's own kernel and worth nothing on the host: what a person expects of
     * root on a machine of their own. Raw sockets and whatever concerns hardware are left out.
     */
    private static final List<String> CAPABILITIES = List.of(
            "CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_IPC_LOCK",
            "CAP_IPC_OWNER", "CAP_KILL", "CAP_LEASE", "CAP_LINUX_IMMUTABLE", "CAP_MKNOD", "CAP_NET_ADMIN", "CAP_NET_BIND_SERVICE",
            "CAP_NET_BROADCAST", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_ADMIN", "CAP_SYS_CHROOT",
            "CAP_SYS_NICE", "CAP_SYS_PTRACE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG");

    private static final long CPU_PERIOD_MICROS = 100_000;
    /** Weights of competing sandboxes keep within 1:2: a smaller one gets less than its share (measured). */
    private static final long LEAST_SHARES = 512;
    private static final long MOST_SHARES = 1024;
    private static final long OPEN_FILES = 1_048_576;

    private ContainerSpec() {}

    /** @param root where the guest's root file system is mounted on the host */
    static byte[] json(SandboxSpec spec, Path root, String group) {
        var environment = spec.environment().entrySet().stream().sorted(Entry.comparingByKey())
                .map(entry -> entry.getKey() + "=" + entry.getValue()).toList();
        var document = Map.of(
                "ociVersion", "1.1.0",
                "hostname", spec.hostname(),
                "root", Map.of("path", root.toString(), "readonly", false),
                "process", Map.of(
                        "terminal", false,
                        "user", Map.of("uid", 0, "gid", 0),
                        "args", spec.arguments(),
                        "env", environment,
                        "cwd", "/",
                        "noNewPrivileges", false,
                        "capabilities", Map.of("bounding", CAPABILITIES, "effective", CAPABILITIES, "permitted", CAPABILITIES),
                        "rlimits", List.of(
                                limit("RLIMIT_NOFILE", OPEN_FILES),
                                limit("RLIMIT_NPROC", spec.limits().processes()),
                                limit("RLIMIT_CORE", 0))),
                "mounts", mounts(spec.limits()),
                "linux", Map.of(
                        "cgroupsPath", group,
                        "resources", resources(spec.limits()),
                        "namespaces", List.of(
                                Map.of("type", "pid"), Map.of("type", "ipc"), Map.of("type", "uts"), Map.of("type", "mount"),
                                Map.of("type", "network", "path", spec.namespace().toString()))));
        return JsonMapper.shared().writeValueAsBytes(document);
    }

    /**
     * The specification of a sandbox that goes on from another one's memory. What is part of that memory, or what gVisor wants
     * unchanged, is as it was, the sizes of file systems in memory included; {@code spec} says where and who it is and its limits.
     *
     * @param saved the other one's
     */
    static byte[] restored(byte[] saved, SandboxSpec spec, Path root, String group) {
        var document = (ObjectNode) JsonMapper.shared().readTree(saved);
        document.put("hostname", spec.hostname());
        ((ObjectNode) document.required("root")).put("path", root.toString());
        var linux = (ObjectNode) document.required("linux");
        linux.put("cgroupsPath", group);
        linux.set("resources", JsonMapper.shared().valueToTree(resources(spec.limits())));
        for (var namespace : linux.required("namespaces")) {
            if (namespace.required("type").asString().equals("network")) {
                ((ObjectNode) namespace).put("path", spec.namespace().toString());
            }
        }
        return JsonMapper.shared().writeValueAsBytes(document);
    }

    /** The guest's memory in bytes, as an earlier {@link #json} has it. */
    static long memoryBytes(byte[] json) {
        return JsonMapper.shared().readTree(json).at("/linux/resources/memory/limit").asLong();
    }

    private static Map<String, Object> limit(String type, long value) {
        return Map.of("type", type, "soft", value, "hard", value);
    }

    /** Files in memory count as the guest's memory and cannot be freed by ending a process, so together they stay below it. */
    private static List<Map<String, Object>> mounts(Limits limits) {
        return List.of(
                Map.of("destination", "/proc", "type", "proc", "source", "proc"),
                Map.of("destination", "/sys", "type", "sysfs", "source", "sysfs", "options", List.of("nosuid", "noexec", "nodev", "ro")),
                Map.of("destination", "/dev/shm", "type", "tmpfs", "source", "tmpfs",
                        "options", List.of("nosuid", "nodev", "mode=1777", "size=" + limits.memoryBytes() / 4)),
                Map.of("destination", "/tmp", "type", "tmpfs", "source", "tmpfs",
                        "options", List.of("nosuid", "nodev", "mode=1777", "size=" + limits.memoryBytes() / 2)));
    }

    /** The memory limit is the guest's own here, so that the guest sees it as its total; the reserve is added after the start. */
    private static Map<String, Object> resources(Limits limits) {
        long shares = Math.clamp(LEAST_SHARES * limits.cpus(), LEAST_SHARES, MOST_SHARES);
        return Map.of(
                "memory", Map.of("limit", limits.memoryBytes()),
                "cpu", Map.of("shares", shares, "quota", limits.cpus() * CPU_PERIOD_MICROS, "period", CPU_PERIOD_MICROS),
                "pids", Map.of("limit", taskBackstop(limits)));
    }

    /** Reaching this ends the sandbox, so it lies above what its processes need at the most: two host tasks for each. */
    private static long taskBackstop(Limits limits) {
        return Math.max(8192, 2L * limits.processes() + 2048);
    }
}
