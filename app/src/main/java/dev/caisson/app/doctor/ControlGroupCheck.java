package dev.caisson.app.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Which control groups the machine has, and whether they can bound memory, processors and processes. */
final class ControlGroupCheck implements Check {
    private static final List<String> CONTROLLERS = List.of("memory", "cpu", "pids");

    @Override
    public List<Finding> look() {
        var second = Proc.lines("/sys/fs/cgroup/cgroup.controllers");
        var version = second.isEmpty() ? 1 : 2;
        var missing = CONTROLLERS.stream().filter(name -> !has(name, second)).toList();
        if (missing.isEmpty()) {
            return List.of(Finding.ok("control groups", "version " + version + ", with " + String.join(", ", CONTROLLERS)));
        }
        return List.of(Finding.fail(
                "control groups",
                "version " + version + " without " + String.join(", ", missing) + ": sandboxes could not be limited",
                "add cgroup_enable=memory to the kernel's command line and reboot"));
    }

    private static boolean has(String controller, List<String> second) {
        return second.isEmpty()
                ? Files.isDirectory(Path.of("/sys/fs/cgroup", controller))
                : List.of(second.getFirst().split(" ")).contains(controller);
    }
}
