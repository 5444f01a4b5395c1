package dev.caisson.envd.connect;

import dev.caisson.http.Exchange;

/**
 * Interrupts the thread of a call at its deadline or when its client leaves, so that a blocked read or write ends: requests
 * run on virtual threads, whose sockets an interrupt closes. Between {@link #watch} and {@link #stop} only.
 */
final class Interruption {
    private final Thread thread = Thread.currentThread();
    private Alarms.Alarm alarm = () -> {};
    private boolean stopped;
    private boolean happened;

    private Interruption() {}

    static Interruption watch(Exchange exchange, Deadline deadline, Alarms alarms) {
        var interruption = at(deadline, alarms);
        exchange.onAbort(interruption::interrupt);
        return interruption;
    }

    /** At the deadline only. */
    static Interruption at(Deadline deadline, Alarms alarms) {
        var interruption = new Interruption();
        interruption.alarm = alarms.at(deadline, interruption::interrupt);
        return interruption;
    }

    private synchronized void interrupt() {
        if (!stopped) {
            happened = true;
            thread.interrupt();
        }
    }

    /** From here on the thread is left alone, and it is not interrupted now. Says whether it was. */
    synchronized boolean stop() {
        stopped = true;
        alarm.close();
        if (happened) {
            Thread.interrupted();
        }
        return happened;
    }
}
