package dev.caisson.app.cli;

import dev.caisson.app.doctor.Doctor;
import dev.caisson.app.doctor.Finding;
import dev.caisson.app.server.Settings;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;

@Command(
        name = "doctor",
        description = "Explains what this machine offers and lacks, and how to mend it.",
        mixinStandardHelpOptions = true,
        footer = {"", "Exit code: 0 if Caisson can work here, 1 if something must be mended first.", "Example: caisson doctor --json"})
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
        var findings = new Doctor(Settings.load(data.folder()).installation(data.folder())).findings();
        if (json.wanted()) {
            JsonOption.print(new JsonMapper().valueToTree(findings));
        } else {
            findings.forEach(DoctorCommand::print);
        }
        return isFit(findings) ? 0 : 1;
    }

    private static boolean isFit(List<Finding> findings) {
        return findings.stream().noneMatch(finding -> finding.level() == Finding.Level.FAIL);
    }

    private static void print(Finding finding) {
        System.out.printf("%-5s %-16s %s%n", finding.level().name().toLowerCase(java.util.Locale.ROOT), finding.name(), finding.found());
        if (!finding.mend().isEmpty()) {
            System.out.printf("%-22s to mend: %s%n", "", finding.mend());
        }
    }
}
