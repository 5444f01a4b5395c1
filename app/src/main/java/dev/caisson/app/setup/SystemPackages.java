package dev.caisson.app.setup;

import dev.caisson.app.server.AppException;
import dev.caisson.base.Category;
import dev.caisson.image.Progress;
import dev.caisson.linux.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The distribution's programs that Caisson calls, installed with the host's own package manager and mirrors. */
public final class SystemPackages implements SetupStep {
    /** Program to package, Debian 12 and Ubuntu 24.04 alike. */
    private static final Map<String, String> PROGRAMS = Map.ofEntries(
            Map.entry("mkfs.erofs", "erofs-utils"),
            Map.entry("mkfs.ext4", "e2fsprogs"),
            Map.entry("nft", "nftables"),
            Map.entry("conntrack", "conntrack"),
            Map.entry("ip", "iproute2"),
            Map.entry("mmdebstrap", "mmdebstrap"),
            Map.entry("setsid", "util-linux"),
            Map.entry("sysctl", "procps"),
            // These make the engine: see runsc/build.
            Map.entry("curl", "curl"),
            Map.entry("unzip", "unzip"),
            Map.entry("gcc", "gcc"));
    /** What no program stands for; without recommended packages gcc comes without any header. */
    private static final Map<Path, String> FILES = Map.of(
            Path.of("/usr/share/keyrings/debian-archive-keyring.gpg"), "debian-archive-keyring",
            Path.of("/etc/ssl/certs/ca-certificates.crt"), "ca-certificates",
            Path.of("/usr/include/stdio.h"), "libc6-dev",
            headers().resolve("asm/unistd.h"), "linux-libc-dev");
    /** How long apt waits for another apt: a machine that has just booted updates itself. */
    private static final Duration LOCK = Duration.ofMinutes(5);
    private static final Duration DEADLINE = Duration.ofMinutes(15);

    @Override
    public String name() {
        return "system packages";
    }

    @Override
    public boolean isDone() {
        return missing().isEmpty();
    }

    /** The packages that are not there, sorted. */
    public static List<String> missing() {
        var missing = new TreeMap<String, Boolean>();
        PROGRAMS.forEach((program, pack) -> {
            if (Command.find(program).isEmpty()) {
                missing.put(pack, true);
            }
        });
        FILES.forEach((file, pack) -> {
            if (!Files.exists(file)) {
                missing.put(pack, true);
            }
        });
        return List.copyOf(missing.keySet());
    }

    @Override
    public void run(Progress progress) {
        var missing = missing();
        if (Command.find("apt-get").isEmpty()) {
            throw new AppException(
                    Category.UNSUPPORTED,
                    "this machine has no apt-get; install these with its package manager and run this again: " + String.join(" ", missing));
        }
        apt(progress, List.of("update"));
        var install = new ArrayList<>(List.of("install", "-y", "--no-install-recommends"));
        install.addAll(missing);
        apt(progress, install);
    }

    /** Where the distribution keeps the headers that differ between architectures. */
    private static Path headers() {
        var machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        return Path.of("/usr/include", machine + "-linux-gnu");
    }

    private static void apt(Progress progress, List<String> arguments) {
        var all = new ArrayList<>(List.of("-o", "DPkg::Lock::Timeout=" + LOCK.toSeconds()));
        all.addAll(arguments);
        Command.of(Command.find("apt-get").orElseThrow(), all)
                .withEnvironment(HostEnvironment.forDownloads())
                .withEnvironment(Map.of("DEBIAN_FRONTEND", "noninteractive"))
                .withDeadline(DEADLINE)
                .runFollowing(progress::report);
    }
}
