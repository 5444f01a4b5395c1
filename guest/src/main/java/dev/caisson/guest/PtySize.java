package dev.caisson.guest;

/** The size of a terminal in characters, 1..65535 each. */
public record PtySize(int columns, int rows) {}
