package dev.caisson.guest;

/**
 * What became of one program of a guest's own.
 *
 * @param name of its file, control characters replaced
 * @param status its exit code; 128 and the signal's number if one ended it, 126 if it was not or could not be started
 * @param timedOut whether it was killed, or not started any more, because time was up
 */
public record HookResult(String name, int status, boolean timedOut) {}
