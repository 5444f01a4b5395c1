package dev.caisson.guest.testing;

import dev.caisson.base.Category;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.ProcessEvent;
import dev.caisson.guest.ProcessEvent.Output;
import dev.caisson.guest.ProcessStream;
import java.time.Duration;
import java.util.Optional;

/** A cursor over what a process did. */
final class FakeProcessStream implements ProcessStream {
    private final FakeProcess process;
    private int index;
    private long offset;
    private volatile boolean over;

    /** Starts at the first event that lies wholly after {@code from} bytes of output; -1 for after all of them. */
    FakeProcessStream(FakeProcess process, long from) {
        this.process = process;
        for (var event : process.eventsSoFar()) {
            if (!(event instanceof Output output) || (from >= 0 && offset >= from)) {
                break;
            }
            offset += output.data().length;
            index++;
        }
    }

    boolean over() {
        return over;
    }

    @Override
    public int pid() {
        return process.pid();
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public Optional<ProcessEvent> next(Duration patience) {
        try {
            var event = process.event(index, System.nanoTime() + patience.toNanos(), this);
            if (over) {
                throw new GuestException(Category.UNAVAILABLE, "the stream of process " + pid() + " is closed");
            }
            event.ifPresent(this::advance);
            return event;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GuestException(Category.UNAVAILABLE, "interrupted while waiting for process " + pid());
        }
    }

    @Override
    public void close() {
        over = true;
        process.wake();
    }

    private void advance(ProcessEvent event) {
        index++;
        if (event instanceof Output output) {
            offset += output.data().length;
        }
    }
}
