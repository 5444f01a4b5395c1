package dev.caisson.engine;

/** How far something that was written has come. */
public enum Durability {
    /** The other programs of this machine see it: enough for what ends with the machine, or is flushed later. */
    WRITTEN,
    /** It is there after a power cut too. */
    FLUSHED
}
