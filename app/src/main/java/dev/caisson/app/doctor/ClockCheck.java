package dev.caisson.app.doctor;

import dev.caisson.linux.Command;
import java.util.List;

/** Whether something keeps the clock right: sandboxes take their time from it, and signed links expire by it. */
final class ClockCheck implements Check {
    @Override
    public List<Finding> look() {
        if (Command.find("timedatectl").isEmpty()) {
            return List.of(Finding.ok("clock", "not known whether it is synchronised (no timedatectl)"));
        }
        var shown = Command.ofSystem("timedatectl", "show", "--property=NTPSynchronized", "--value").runAnyExit();
        if (shown.exitCode() != 0) {
            return List.of(Finding.ok("clock", "not known whether it is synchronised (systemd does not run)"));
        }
        return List.of(shown.output().strip().equals("yes")
                ? Finding.ok("clock", "synchronised")
                : Finding.warn("clock", "not synchronised", "sudo timedatectl set-ntp true"));
    }
}
