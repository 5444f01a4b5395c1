package dev.caisson.envd;

import dev.caisson.envd.proto.ProcessProto.ProcessEvent.EndEvent;
import dev.caisson.guest.ProcessEvent.Exited;

/** How an exit reads; clients compare these words ({@code contract/envd.md} §2.3, "End event contents"). */
final class ExitText {
    /** Go's names of the signals 1 to 15; it knows the others by number only. */
    private static final String[] SIGNALS = {
        "hangup", "interrupt", "quit", "illegal instruction", "trace/breakpoint trap", "aborted", "bus error",
        "floating point exception", "killed", "user defined signal 1", "segmentation fault", "user defined signal 2",
        "broken pipe", "alarm clock", "terminated"
    };

    private ExitText() {}

    static EndEvent end(Exited exited) {
        var signalled = exited.signal() != 0;
        var end = EndEvent.newBuilder().setExitCode(exited.code()).setExited(!signalled).setStatus(status(exited));
        if (signalled || exited.code() != 0) {
            end.setError(status(exited));
        }
        return end.build();
    }

    private static String status(Exited exited) {
        if (exited.signal() == 0) {
            return "exit status " + exited.code();
        }
        return "signal: " + signal(exited.signal()) + (exited.coreDumped() ? " (core dumped)" : "");
    }

    private static String signal(int number) {
        return number <= SIGNALS.length ? SIGNALS[number - 1] : "signal " + number;
    }
}
