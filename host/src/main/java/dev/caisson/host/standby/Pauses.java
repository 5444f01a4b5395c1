package dev.caisson.host.standby;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between attempts that fail: each pause is twice the one before. Says once that it does not work, and once that it does again. */
final class Pauses {
    private static final Logger LOG = LoggerFactory.getLogger(Pauses.class);

    private final Duration first;
    private final Duration last;
    private int failures;
    private long over = System.nanoTime();

    Pauses(Duration first, Duration last) {
        this.first = first;
        this.last = last;
    }

    synchronized boolean isOver() {
        return System.nanoTime() - over >= 0;
    }

    synchronized void succeeded() {
        if (failures > 0) {
            LOG.info("standbys can be made again, after {} failures", failures);
        }
        failures = 0;
    }

    synchronized void failed(StandbyKind kind, String why) {
        if (failures == 0) {
            LOG.warn("no standby of template {} could be made; trying again from time to time: {}", kind.templateId(), why);
        }
        var pause = first.multipliedBy(1L << Math.min(failures, 20));
        over = System.nanoTime() + (pause.compareTo(last) < 0 ? pause : last).toNanos();
        failures++;
    }
}
