package dev.caisson.base;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How strongly sandboxes are kept apart from the machine, the weakest first. */
public enum Isolation {
    /** Not at all; for tests. */
    NONE,
    /** A kernel in user space: guest code makes no system call to the host's kernel. */
    GVISOR,
    /** Hardware virtualisation: a kernel of its own behind the processor's own border. */
    MICROVM;

    /** As clients write it: {@code gvisor}, {@code microvm}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one that clients write so; nobody can demand {@link #NONE}. */
    public static Optional<Isolation> of(String word) {
        return Arrays.stream(values()).filter(level -> level != NONE && level.word().equals(word)).findFirst();
    }

    public boolean isAtLeast(Isolation demanded) {
        return compareTo(demanded) >= 0;
    }
}
