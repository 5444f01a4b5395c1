package dev.caisson.app.doctor;

import dev.caisson.linux.Command;
import dev.caisson.linux.LinuxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Whether KVM really runs a guest. The device file alone proves nothing: under some nested set-ups it opens and guests hang.
 * So QEMU, where it is installed, is asked to run its firmware until the guest's own reset ends it.
 */
final class KvmCheck implements Check {
    private static final Duration PROBE = Duration.ofSeconds(5);
    private static final String NAME = "KVM";

    @Override
    public List<Finding> look() {
        if (!Files.exists(Path.of("/dev/kvm"))) {
            return List.of(Finding.ok(NAME, "not there; not needed, gVisor isolates without it"));
        }
        return List.of(Command.find("qemu-system-x86_64").isPresent()
                ? probed()
                : Finding.ok(NAME, "/dev/kvm is there, whether it works was not tried (no QEMU); not needed, gVisor isolates without it"));
    }

    /** A machine without any boot device resets itself once its firmware has run; {@code -no-reboot} turns that into an end. */
    private static Finding probed() {
        try {
            var exit = Command.ofSystem(
                            "qemu-system-x86_64", "-accel", "kvm", "-cpu", "host", "-m", "64", "-nodefaults", "-display", "none", "-no-reboot",
                            "-boot", "reboot-timeout=1")
                    .withDeadline(PROBE)
                    .runAnyExit()
                    .exitCode();
            return exit == 0
                    ? Finding.ok(NAME, "works: a guest's firmware ran")
                    : Finding.ok(NAME, "/dev/kvm is there and does not work; not needed, gVisor isolates without it");
        } catch (LinuxException e) {
            return Finding.ok(NAME, "/dev/kvm opens, but a guest hangs under it; not needed, gVisor isolates without it");
        }
    }
}
