package dev.caisson.app.doctor;

import dev.caisson.linux.KvmProbe;
import java.util.List;

/** Whether KVM really runs a guest: the device file alone proves nothing, under some nested set-ups it opens and guests hang. */
final class KvmCheck implements Check {
    @Override
    public List<Finding> look() {
        var result = KvmProbe.run();
        return List.of(Finding.ok(
                "KVM", result.works() ? "works: a small guest ran" : result.found() + "; not needed, gVisor isolates without it"));
    }
}
