package dev.caisson.guest;

/** A running process and the request it came from. */
public record ProcessInfo(int pid, SpawnRequest request) {}
