package dev.caisson.bench;

/** Something that was looked at once and is no time. */
record Figure(String what, double value, String unit) {}
