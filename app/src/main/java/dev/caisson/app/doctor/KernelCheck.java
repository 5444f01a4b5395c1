package dev.caisson.app.doctor;

import dev.caisson.linux.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The kernel's parts that sandboxes stand on. */
final class KernelCheck implements Check {
    private static final Map<String, String> FILE_SYSTEMS = new TreeMap<>(Map.of("erofs", "erofs", "overlay", "overlay", "ext4", "ext4"));

    @Override
    public List<Finding> look() {
        var findings = new ArrayList<Finding>();
        var known = Proc.lines("/proc/filesystems");
        FILE_SYSTEMS.forEach((name, module) -> {
            if (known.stream().noneMatch(line -> line.endsWith("\t" + name)) && !canLoad(module)) {
                findings.add(Finding.fail("file system " + name, "this kernel has none", "use a kernel with " + name + " (Debian 12's and Ubuntu 24.04's have it)"));
            }
        });
        if (!Files.exists(Path.of("/dev/loop-control")) && !canLoad("loop")) {
            findings.add(Finding.fail("loop devices", "/dev/loop-control is missing", "sudo modprobe loop"));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok("kernel", Proc.lines("/proc/sys/kernel/osrelease").stream().findFirst().orElse("?") + ", EROFS, overlay, ext4 and loop devices"));
        }
        return findings;
    }

    private static boolean canLoad(String module) {
        return Command.find("modprobe").isPresent() && Command.ofSystem("modprobe", "--dry-run", "--quiet", module).runAnyExit().exitCode() == 0;
    }
}
