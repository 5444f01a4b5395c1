package dev.caisson.app.doctor;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Installation;
import java.util.List;
import java.util.stream.Stream;

/** All checks, in the order in which a person wants to read them. */
public final class Doctor {
    private final List<Check> checks;

    public Doctor(Installation installation) {
        this.checks = List.of(
                new ProgramsCheck(), new KernelCheck(), new KvmCheck(), new ControlGroupCheck(), new FirewallCheck(installation.name()),
                new ResourcesCheck(installation), new CapacityCheck(), new ClockCheck(), new ProvisionCheck(installation),
                new CertificateCheck(installation.data()));
    }

    public List<Finding> findings() {
        return checks.stream().flatMap(Doctor::look).toList();
    }

    private static Stream<Finding> look(Check check) {
        try {
            return check.look().stream();
        } catch (CaissonException e) {
            return Stream.of(Finding.warn(check.getClass().getSimpleName(), "could not look: " + e.getMessage(), "run this as root"));
        }
    }
}
