package dev.caisson.host;

/** A permission to start, from {@link Turns}. Giving it back a second time does nothing. */
interface Turn {
    void giveBack();
}
