package dev.caisson.linux;

import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/** One mounted control group hierarchy: its files and folders, whatever the version. */
record Hierarchy(Path root) {

    Path folder(String group) {
        return root.resolve(group.replaceFirst("^/+", ""));
    }

    boolean exists(String group) {
        return Files.isDirectory(folder(group));
    }

    void create(String group) {
        try {
            Files.createDirectories(folder(group));
        } catch (IOException e) {
            throw new LinuxException(Category.DENIED, "could not make the control group " + folder(group) + ": " + e
                    + "; this needs root on the machine itself", e);
        }
    }

    String read(String group, String file) {
        try {
            return Files.readString(folder(group).resolve(file)).strip();
        } catch (NoSuchFileException e) {
            throw new LinuxException(Category.NOT_FOUND, "there is no control group file " + folder(group).resolve(file), e);
        } catch (IOException e) {
            // The group can vanish between opening and reading: the kernel says ENODEV then.
            throw new LinuxException(Category.NOT_FOUND, "could not read " + folder(group).resolve(file) + ": " + e.getMessage(), e);
        }
    }

    void write(String group, String file, String value) {
        try {
            Files.writeString(folder(group).resolve(file), value);
        } catch (IOException e) {
            throw new LinuxException(Category.INTERNAL,
                    "could not write '" + value + "' to " + folder(group).resolve(file) + ": " + e.getMessage(), e);
        }
    }

    /** The number after {@code key} in a file of lines {@code key number}; 0 if there is no such line. */
    static long keyed(String text, String key) {
        var line = key + " ";
        var from = text.startsWith(line) ? 0 : text.indexOf("\n" + line) + 1;
        if (from == 0 && !text.startsWith(line)) {
            return 0;
        }
        var end = text.indexOf('\n', from);
        return Long.parseLong(text.substring(from + line.length(), end < 0 ? text.length() : end).strip());
    }

    Set<Long> members(String group) {
        var found = new TreeSet<Long>();
        if (exists(group)) {
            try {
                read(group, "cgroup.procs").lines().map(Long::parseLong).forEach(found::add);
            } catch (LinuxException e) {
                if (exists(group)) {
                    throw e;
                }
            }
        }
        return found;
    }

    Set<String> children(String group) {
        var found = new TreeSet<String>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder(group), Files::isDirectory)) {
            entries.forEach(entry -> found.add(entry.getFileName().toString()));
        } catch (NoSuchFileException e) {
            return found;
        } catch (IOException e) {
            throw new LinuxException(Category.INTERNAL, "could not list " + folder(group) + ": " + e.getMessage(), e);
        }
        return found;
    }

    /** Kills the members of the group and of those below it, each only while it is seen to be one. */
    void killMembers(String group) {
        children(group).forEach(child -> killMembers(group + "/" + child));
        for (long pid : members(group)) {
            ProcessIdentity.of(pid).filter(process -> members(group).contains(pid))
                    .ifPresent(process -> Signals.send(process, Signals.Signal.KILL));
        }
    }

    /** Removes the group and those below it; adds where that failed until the deadline to {@code left}. */
    void remove(String group, long deadlineNanos, List<Path> left) {
        children(group).forEach(child -> remove(group + "/" + child, deadlineNanos, left));
        long pause = 500_000;
        while (true) {
            try {
                Files.deleteIfExists(folder(group));
                return;
            } catch (FileSystemException e) {
                // A process that was killed stays a member until the kernel has taken it apart.
                if (System.nanoTime() > deadlineNanos) {
                    left.add(folder(group));
                    return;
                }
            } catch (IOException e) {
                throw new LinuxException(Category.INTERNAL, "could not remove " + folder(group) + ": " + e.getMessage(), e);
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(pause * 2, 20_000_000);
        }
    }
}
