package dev.caisson.image;

import dev.caisson.linux.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes a Debian root in a folder by {@code mmdebstrap}, then finishes it by a shell inside.
 *
 * <p>Both run in mount and process namespaces of their own: whatever way they end, nothing stays mounted or running.
 */
final class DebianRoot {
    private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");
    private static final Duration DEADLINE = Duration.ofMinutes(30);
    /** What the host's environment says about reaching the internet; for the package tools only. */
    private static final List<String> HOST_SETTINGS = List.of(
            "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY");

    private final AptSources sources;
    private final Map<String, String> hostEnvironment;

    DebianRoot(AptSources sources, Map<String, String> hostEnvironment) {
        this.sources = sources;
        this.hostEnvironment = Map.copyOf(hostEnvironment);
    }

    void make(Path root, BaseRecipe recipe, Progress progress) {
        progress.report("fetching and installing " + recipe.packages().size() + " Debian packages and what they need");
        isolated(mmdebstrap(root, recipe))
                .withEnvironment(settings())
                .withOutputTo(root.resolveSibling(root.getFileName() + ".log"))
                .withDeadline(DEADLINE)
                .run();
        progress.report("finishing the root: users, shells, names");
        isolated(List.of("chroot", root.toString(), "/bin/bash", "-eu", "-s"))
                .withInput(recipe.finish())
                .withEnvironment(Map.of("HOME", "/root"))
                .withDeadline(Duration.ofMinutes(5))
                .run();
    }

    private static Command isolated(List<String> command) {
        var arguments = new ArrayList<>(List.of("--mount", "--pid", "--fork", "--kill-child", "--"));
        arguments.addAll(command);
        return Command.ofSystem("unshare", arguments.toArray(String[]::new));
    }

    private List<String> mmdebstrap(Path root, BaseRecipe recipe) {
        var arguments = new ArrayList<>(List.of(
                "mmdebstrap", "--mode=root", "--variant=minbase", "--format=directory",
                "--include=" + String.join(",", recipe.packages()),
                "--aptopt=Acquire::Languages \"none\"",
                "--aptopt=APT::Install-Recommends \"false\"",
                "--dpkgopt=force-unsafe-io",
                "--dpkgopt=path-exclude=/usr/share/man/*",
                "--dpkgopt=path-exclude=/usr/share/info/*",
                "--dpkgopt=path-exclude=/usr/share/locale/*",
                "--dpkgopt=path-exclude=/usr/share/doc/*",
                "--dpkgopt=path-include=/usr/share/doc/*/copyright"));
        if (Files.isReadable(KEYRING)) {
            arguments.add("--keyring=" + KEYRING);
        }
        var certificates = hostEnvironment.get("SSL_CERT_FILE");
        if (certificates != null) {
            arguments.add("--aptopt=Acquire::https::CAInfo \"" + certificates.replace("\"", "") + "\"");
        }
        arguments.add("bookworm");
        arguments.add(root.toString());
        arguments.addAll(sources.lines());
        return arguments;
    }

    private Map<String, String> settings() {
        var settings = new TreeMap<String, String>();
        for (var name : HOST_SETTINGS) {
            var value = hostEnvironment.get(name);
            if (value != null) {
                settings.put(name, value);
                // Apt reads the lower-case names only.
                settings.putIfAbsent(name.toLowerCase(java.util.Locale.ROOT), value);
            }
        }
        return settings;
    }
}
