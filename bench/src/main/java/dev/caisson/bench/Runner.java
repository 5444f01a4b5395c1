package dev.caisson.bench;

/** Runs a command in one sandbox to its end; it must succeed. */
interface Runner {
    void run(String... command);
}
