package dev.caisson.control;

/** What may be shown of a key later on: how it begins, how long it is without its prefix, how it ends. */
public record KeyMask(String prefix, int valueLength, String maskedValuePrefix, String maskedValueSuffix) {}
