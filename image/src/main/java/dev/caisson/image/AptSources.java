package dev.caisson.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where Debian 12 packages come from: one-line apt sources for the three suites of bookworm.
 *
 * @param lines e.g. {@code deb http://mirror.example/debian bookworm main}
 */
record AptSources(List<String> lines) {
    private static final String SUITE = "bookworm";
    private static final Set<String> SUITES = Set.of(SUITE, SUITE + "-updates", SUITE + "-security");
    private static final String PUBLIC = "http://deb.debian.org/debian";
    private static final String PUBLIC_SECURITY = "http://deb.debian.org/debian-security";

    AptSources {
        lines = List.copyOf(lines);
    }

    /** Debian's public mirror; what the template itself says, too. */
    static AptSources ofPublicMirror() {
        return of(PUBLIC, PUBLIC_SECURITY);
    }

    /**
     * A mirror that a person named.
     *
     * @param mirror one address, or two separated by a space: the main archive and the security archive; one alone serves
     *     the security archive beside itself, {@code …-security}
     * @throws IllegalArgumentException if it is no http or https address
     */
    static AptSources ofMirror(String mirror) {
        var addresses = Stream.of(mirror.strip().split("\\s+")).map(AptSources::address).toList();
        if (addresses.size() > 2) {
            throw new IllegalArgumentException("a Debian mirror is one address or two (main and security), not '" + mirror + "'");
        }
        var main = addresses.getFirst();
        return of(main, addresses.size() == 2 ? addresses.getLast() : main + "-security");
    }

    private static AptSources of(String main, String security) {
        return new AptSources(List.of(
                "deb " + main + " " + SUITE + " main",
                "deb " + main + " " + SUITE + "-updates main",
                "deb " + security + " " + SUITE + "-security main"));
    }

    private static String address(String text) {
        var address = URI.create(text);
        if (!List.of("http", "https").contains(Optional.ofNullable(address.getScheme()).orElse("")) || address.getHost() == null) {
            throw new IllegalArgumentException("a Debian mirror is an http or https address, not '" + text + "'");
        }
        return text.replaceAll("/+$", "");
    }

    /** What a Debian 12 host itself uses; empty on another system, or where its sources lack the main archive. */
    static Optional<AptSources> ofHost(Path root) {
        try {
            var found = new LinkedHashSet<String>();
            for (var file : sourceFiles(root.resolve("etc/apt"))) {
                var text = Files.readString(file);
                found.addAll(file.toString().endsWith(".sources") ? ofStanzas(text) : ofLines(text));
            }
            boolean complete = found.stream().anyMatch(line -> line.contains(" " + SUITE + " "));
            return complete ? Optional.of(new AptSources(List.copyOf(found))) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("could not read the host's apt sources", e);
        }
    }

    private static List<Path> sourceFiles(Path apt) throws IOException {
        var files = new ArrayList<Path>();
        if (Files.isRegularFile(apt.resolve("sources.list"))) {
            files.add(apt.resolve("sources.list"));
        }
        if (Files.isDirectory(apt.resolve("sources.list.d"))) {
            try (var more = Files.list(apt.resolve("sources.list.d"))) {
                more.filter(file -> file.toString().endsWith(".list") || file.toString().endsWith(".sources")).sorted().forEach(files::add);
            }
        }
        return files;
    }

    /** The form {@code deb [options] address suite component…}, sources.list(5). */
    private static List<String> ofLines(String text) {
        var found = new ArrayList<String>();
        for (var line : text.lines().toList()) {
            var words = line.replaceFirst("#.*", "").replaceFirst("\\[[^]]*]", " ").strip().split("\\s+");
            if (words.length >= 4 && words[0].equals("deb") && List.of(words).subList(3, words.length).contains("main")) {
                add(found, words[1], words[2]);
            }
        }
        return found;
    }

    /** The form of fields in paragraphs, deb822. */
    private static List<String> ofStanzas(String text) {
        var found = new ArrayList<String>();
        for (var stanza : text.replaceAll("(?m)^#.*\\R?", "").split("\\R\\s*\\R")) {
            boolean off = field(stanza, "Enabled").contains("no");
            if (!off && field(stanza, "Types").contains("deb") && field(stanza, "Components").contains("main")) {
                for (var address : field(stanza, "URIs")) {
                    field(stanza, "Suites").forEach(suite -> add(found, address, suite));
                }
            }
        }
        return found;
    }

    private static List<String> field(String stanza, String name) {
        for (var line : stanza.lines().toList()) {
            if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
                return List.of(line.substring(name.length() + 1).strip().split("\\s+"));
            }
        }
        return List.of();
    }

    private static void add(List<String> found, String address, String suite) {
        boolean remote = address.startsWith("http://") || address.startsWith("https://");
        if (remote && SUITES.contains(suite)) {
            found.add("deb " + address.replaceAll("/+$", "") + " " + suite + " main");
        }
    }
}
