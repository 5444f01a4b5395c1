package dev.caisson.guest;

/** What a process did. */
public sealed interface ProcessEvent {
    /** Raw bytes as read, at most 32 KiB; may split a character. */
    @SuppressWarnings("ArrayRecordComponent") // bytes are handed on, events are not compared
    record Output(Source source, byte[] data) implements ProcessEvent {}

    /**
     * It ended and was reaped.
     *
     * @param code exit code, or -1 when a signal ended it
     * @param signal the signal's number, or 0
     * @param coreDumped whether it left a core
     */
    record Exited(int code, int signal, boolean coreDumped) implements ProcessEvent {}

    /** Where output came from. */
    enum Source { STDOUT, STDERR, PTY }
}
