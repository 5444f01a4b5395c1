package dev.caisson.base;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Which Caisson on this machine: everything that must not meet another installation's things derives from here.
 *
 * @param name 1..8 characters {@code [a-z][a-z0-9]*}; prefix of interface names ({@code <name>-<slot>}), network namespaces,
 *     the nftables table, control groups ({@code /<name>}) and the user group of the key file
 * @param data what must survive a reboot, e.g. {@code /var/lib/caisson}
 * @param run what must not, on a tmpfs, path at most 40 characters because Unix socket paths are short, e.g. {@code /run/caisson}
 * @param addresses the slots' own addresses on the host's side: an IPv4 /16 as its first two numbers, e.g. {@code 10.111}
 */
public record Installation(String name, Path data, Path run, String addresses) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]{0,7}");
    private static final Pattern ADDRESSES = Pattern.compile("\\d{1,3}\\.\\d{1,3}");

    public Installation {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("an installation's name is 1 to 8 of [a-z0-9], a letter first, not '" + name + "'");
        }
        if (!ADDRESSES.matcher(addresses).matches()) {
            throw new IllegalArgumentException("the slots' addresses are the first two numbers of a /16, not '" + addresses + "'");
        }
        if (!data.isAbsolute() || !run.isAbsolute() || run.toString().length() > 40) {
            throw new IllegalArgumentException("data and run folder are absolute, the run folder at most 40 characters: " + data + ", " + run);
        }
    }

    /** Read-only layers, {@code <sha256>.erofs}. */
    public Path layers() {
        return data.resolve("layers");
    }

    /** Template manifests, one JSON file each. */
    public Path templates() {
        return data.resolve("templates");
    }

    /** Engine builds, {@code <engine>/<build>/}; several live side by side. */
    public Path engines() {
        return data.resolve("engines");
    }

    /** One folder per sandbox: its journal, its disk, its logs. */
    public Path sandboxes() {
        return data.resolve("sandboxes");
    }
}
