package dev.caisson.app.doctor;

/**
 * What one check found.
 *
 * @param name of the thing looked at
 * @param found in a few words
 * @param mend the command that mends it, or what to know; empty when there is nothing to do
 */
public record Finding(String name, Level level, String found, String mend) {
    /** How much it matters. */
    public enum Level {
        OK,
        /** Caisson works without it, less well. */
        WARN,
        /** Caisson does not work until it is mended. */
        FAIL
    }

    static Finding ok(String name, String found) {
        return new Finding(name, Level.OK, found, "");
    }

    static Finding warn(String name, String found, String mend) {
        return new Finding(name, Level.WARN, found, mend);
    }

    static Finding fail(String name, String found, String mend) {
        return new Finding(name, Level.FAIL, found, mend);
    }
}
