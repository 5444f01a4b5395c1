package dev.caisson.image;

/** Where a long step says what it is doing, in one line for people; called at least every two seconds. */
@FunctionalInterface
public interface Progress {
    void report(String line);
}
