package dev.caisson.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Installation;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    @TempDir
    Path folder;

    @Test
    void everyFindingThatIsNotFineSaysWhatToDo() {
        var findings = new Doctor(new Installation("tdoc", folder.resolve("data"), Path.of("/run/tdoc"), "10.231")).findings();

        assertThat(findings).hasSizeGreaterThan(8).allSatisfy(finding -> {
            assertThat(finding.name()).isNotBlank();
            assertThat(finding.found()).isNotBlank();
            assertThat(finding.level() == Finding.Level.OK || !finding.mend().isBlank()).as(finding.toString()).isTrue();
        });
        assertThat(findings).extracting(Finding::name).contains("KVM", "control groups", "disk", "memory", "capacity", "clock", "set-up");
        assertThat(folder.resolve("data")).as("looking changes nothing").doesNotExist();
    }

    @Test
    void aForeignFirewallThatDropsIsNamedAndOursIsNot() {
        var ruleset = """
                table ip filter {
                \tchain FORWARD {
                \t\ttype filter hook forward priority filter; policy drop;
                \t}
                \tchain INPUT {
                \t\ttype filter hook input priority filter; policy drop;
                \t}
                }
                table inet caisson {
                \tchain forward {
                \t\ttype filter hook forward priority filter; policy drop;
                \t}
                }
                table inet fw {
                \tchain through {
                \t\ttype filter hook forward priority 0; policy accept;
                \t}
                }
                """;
        assertThat(FirewallCheck.foreignDrops(ruleset, "caisson")).containsExactly("ip filter FORWARD");
    }
}
