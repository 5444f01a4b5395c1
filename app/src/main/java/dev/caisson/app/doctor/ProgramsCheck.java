package dev.caisson.app.doctor;

import dev.caisson.app.setup.SystemPackages;
import java.util.List;

/** The distribution's programs that Caisson calls. */
final class ProgramsCheck implements Check {
    @Override
    public List<Finding> look() {
        var missing = SystemPackages.missing();
        return List.of(missing.isEmpty()
                ? Finding.ok("system packages", "all there")
                : Finding.fail("system packages", "missing: " + String.join(" ", missing), "sudo apt-get install -y " + String.join(" ", missing)));
    }
}
