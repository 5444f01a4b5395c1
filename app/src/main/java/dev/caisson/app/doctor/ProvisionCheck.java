package dev.caisson.app.doctor;

import dev.caisson.app.server.AppException;
import dev.caisson.app.server.Images;
import dev.caisson.app.server.Provision;
import dev.caisson.base.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What {@code caisson up} made: the engine's build and what it takes, the agent, the base template. */
final class ProvisionCheck implements Check {
    private static final String MEND = "caisson up";
    private final Installation installation;

    ProvisionCheck(Installation installation) {
        this.installation = installation;
    }

    @Override
    public List<Finding> look() {
        Provision provision;
        try {
            provision = Provision.load(installation.data());
        } catch (AppException e) {
            return List.of(Finding.fail("set-up", String.valueOf(e.getMessage()), MEND));
        }
        var findings = new ArrayList<Finding>();
        var build = provision.engineBuild();
        findings.add(Files.isExecutable(build.resolve("runsc"))
                ? Finding.ok("engine", "gVisor " + build.getFileName() + ", " + megabytes(build) + "; a sandbox of it idles at about 20 MiB")
                : Finding.fail("engine", "its build " + build.getFileName() + " is not complete", MEND));
        var base = Images.of(installation).templates().find("base");
        findings.add(base.map(found -> Finding.ok("base template", "build " + found.buildId() + " of " + found.created()))
                .orElseGet(() -> Finding.fail("base template", "not made yet", MEND)));
        return findings;
    }

    private static String megabytes(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            var bytes = files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
            return (bytes >> 20) + " MiB on disk";
        } catch (IOException e) {
            return "size not readable";
        }
    }
}
