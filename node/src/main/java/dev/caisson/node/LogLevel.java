package dev.caisson.node;

/** How much a line of a log matters, least first. */
public enum LogLevel { DEBUG, INFO, WARN, ERROR }
