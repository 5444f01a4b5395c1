package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Installation;
import dev.caisson.linux.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an installation has on the machine outside of its own folders, by looking at the machine; its settings apart. */
record Leftovers(Installation installation, Set<String> things) {

    static Leftovers of(Installation installation) {
        var things = new TreeSet<String>();
        var name = installation.name();
        lines(Path.of("/proc/self/mountinfo")).filter(line -> line.contains(installation.run() + "/") || line.contains(installation.data() + "/"))
                .forEach(line -> things.add("mount " + line));
        names(Path.of("/run/netns")).filter(n -> n.startsWith(name + "-")).forEach(n -> things.add("namespace " + n));
        names(Path.of("/sys/class/net")).filter(n -> n.startsWith(name + "-")).forEach(n -> things.add("interface " + n));
        Command.ofSystem("nft", "list", "tables").run().output().lines().filter(line -> line.endsWith(" " + name))
                .forEach(line -> things.add("nft " + line));
        Command.ofSystem("losetup", "--list", "--noheadings", "--output", "NAME,BACK-FILE").run().output().lines()
                .filter(line -> line.contains(installation.data().toString()))
                .forEach(line -> things.add("loop " + line.replaceAll(" +", " ")));
        controlGroups(name).forEach(group -> things.add("control group " + group));
        processes(installation).forEach(things::add);
        if (Files.exists(installation.run())) {
            things.add("folder " + installation.run());
        }
        if (Command.ofSystem("getent", "group", name).runAnyExit().exitCode() == 0) {
            things.add("user group " + name);
        }
        return new Leftovers(installation, things);
    }

    void expectNoneNew() {
        assertThat(of(installation).things()).as("things on the machine after the removal").isEqualTo(things);
    }

    /** The kernel's settings that {@code up} may change, and {@code down --all} puts back; all installations share them. */
    static Map<String, String> settings() {
        return Stream.of("net/ipv4/ip_forward", "kernel/pid_max", "kernel/threads-max", "vm/max_map_count")
                .collect(Collectors.toMap(name -> name, name -> String.join(" ", lines(Path.of("/proc/sys", name)).toList())));
    }

    private static Stream<String> controlGroups(String name) {
        return names(Path.of("/sys/fs/cgroup"))
                .flatMap(hierarchy -> Stream.of(Path.of("/sys/fs/cgroup", hierarchy, name), Path.of("/sys/fs/cgroup", name)))
                .filter(Files::isDirectory)
                .map(Path::toString)
                .distinct();
    }

    private static Stream<String> processes(Installation installation) {
        return names(Path.of("/proc")).filter(n -> n.chars().allMatch(Character::isDigit)).flatMap(pid -> {
            try {
                var line = new String(Files.readAllBytes(Path.of("/proc", pid, "cmdline"))).replace('\0', ' ');
                var ours = line.contains(installation.run() + "/") || line.contains("--data " + installation.data());
                return ours && !pid.equals(Long.toString(ProcessHandle.current().pid())) ? Stream.of("process " + pid + " " + line) : Stream.empty();
            } catch (IOException e) {
                return Stream.empty();
            }
        });
    }

    private static Stream<String> names(Path folder) {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
