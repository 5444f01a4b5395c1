package dev.caisson.guest;

/** Where input is meant to go; the agent refuses ({@code CONFLICT}) when the process has the other kind. */
public enum InputKind { STDIN, PTY }
