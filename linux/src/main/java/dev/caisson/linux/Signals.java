package dev.caisson.linux;

/** Signals to processes that cannot hit another one that took over the number. Safe for use by many threads. */
public final class Signals {
    private Signals() {}

    /** signal(7); the numbers are those of every architecture that Java runs on. */
    public enum Signal {
        KILL(9),
        TERMINATE(15),
        CONTINUE(18),
        STOP(19);

        private final int number;

        Signal(int number) {
            this.number = number;
        }
    }

    /**
     * Sends a signal to exactly this process.
     *
     * @return false if it no longer runs, a zombie included
     */
    public static boolean send(ProcessIdentity process, Signal signal) {
        int pidfd = Libc.pidfdOpen(process.pid());
        if (pidfd == -Errno.ESRCH) {
            return false;
        }
        Errno.check(pidfd, "open process " + process.pid());
        try {
            // The descriptor is bound to one process; that it is the right one is known only after looking at its start time.
            if (!process.isAlive()) {
                return false;
            }
            int result = Libc.pidfdSendSignal(pidfd, signal.number);
            if (result == -Errno.ESRCH) {
                return false;
            }
            Errno.check(result, "send " + signal + " to process " + process.pid());
            return true;
        } finally {
            Libc.close(pidfd);
        }
    }
}
