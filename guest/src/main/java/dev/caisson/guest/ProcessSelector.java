package dev.caisson.guest;

/** Which process is meant. */
public sealed interface ProcessSelector {
    /** By process id inside the guest. */
    record ByPid(int pid) implements ProcessSelector {}

    /** By tag; any process that has it will do. */
    record ByTag(String tag) implements ProcessSelector {}
}
