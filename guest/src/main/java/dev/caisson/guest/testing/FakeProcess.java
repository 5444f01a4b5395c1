package dev.caisson.guest.testing;

import dev.caisson.base.Category;
import dev.caisson.guest.Errno;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.InputKind;
import dev.caisson.guest.ProcessEvent;
import dev.caisson.guest.ProcessEvent.Exited;
import dev.caisson.guest.ProcessEvent.Output;
import dev.caisson.guest.ProcessEvent.Source;
import dev.caisson.guest.PtySize;
import dev.caisson.guest.SpawnRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A process that does what the test says. Unless told otherwise, the signals 9 and 15 end it. Safe for use by many threads. */
public final class FakeProcess {
    private final int pid;
    private final SpawnRequest request;
    private final List<ProcessEvent> events = new ArrayList<>();
    private final ByteArrayOutputStream input = new ByteArrayOutputStream();
    private final List<Integer> signals = new ArrayList<>();
    private Optional<PtySize> size;
    private boolean inputClosed;
    private boolean ended;

    /** What a command does; it need not end the process, the test may do so later. */
    @FunctionalInterface
    public interface Program {
        void run(FakeProcess process) throws Exception;
    }

    FakeProcess(int pid, SpawnRequest request) {
        this.pid = pid;
        this.request = request;
        this.size = request.pty();
        this.inputClosed = !request.input() && request.pty().isEmpty();
    }

    public int pid() {
        return pid;
    }

    public SpawnRequest request() {
        return request;
    }

    /** Writes text to standard output, or to the terminal if it has one. */
    public FakeProcess print(String text) {
        return emit(request.pty().isPresent() ? Source.PTY : Source.STDOUT, text.getBytes(StandardCharsets.UTF_8));
    }

    public FakeProcess emit(Source source, byte[] data) {
        return add(new Output(source, data.clone()));
    }

    public void exit(int code) {
        add(new Exited(code, 0, false));
    }

    public void killedBy(int signal) {
        add(new Exited(-1, signal, false));
    }

    /** Everything written to its input so far. */
    public synchronized String input() {
        return input.toString(StandardCharsets.UTF_8);
    }

    /** Waits until its input was closed. False if that did not happen in time. */
    public synchronized boolean awaitInputClosed(Duration patience) throws InterruptedException {
        var deadline = System.nanoTime() + patience.toNanos();
        for (var left = millisTo(deadline); !inputClosed && left > 0; left = millisTo(deadline)) {
            wait(left);
        }
        return inputClosed;
    }

    public synchronized List<Integer> signals() {
        return List.copyOf(signals);
    }

    public synchronized Optional<PtySize> size() {
        return size;
    }

    public synchronized boolean running() {
        return !ended;
    }

    synchronized void signalled(int signal) {
        signals.add(signal);
        if (signal == 9 || signal == 15) {
            killedBy(signal);
        }
    }

    synchronized void take(InputKind kind, byte[] data) {
        if (kind == InputKind.PTY != request.pty().isPresent()) {
            throw new GuestException(Category.CONFLICT, "process " + pid + " takes the other kind of input");
        }
        if (inputClosed) {
            throw new GuestException(Category.CONFLICT, "the input of process " + pid + " is closed", Errno.EPIPE, null);
        }
        input.writeBytes(data);
        notifyAll();
    }

    synchronized void inputClosed() {
        if (request.pty().isPresent()) {
            throw new GuestException(Category.UNSUPPORTED, "a terminal cannot be closed; send it the byte 4");
        }
        inputClosed = true;
        notifyAll();
    }

    synchronized void resized(int columns, int rows) {
        if (request.pty().isEmpty()) {
            throw new GuestException(Category.CONFLICT, "process " + pid + " has no terminal");
        }
        size = Optional.of(new PtySize(columns, rows));
    }

    /** The event at {@code index}, waiting for it until {@code deadline} (of nanoTime) or until {@code over}. */
    synchronized Optional<ProcessEvent> event(int index, long deadline, FakeProcessStream reader) throws InterruptedException {
        for (var left = millisTo(deadline); index >= events.size() && !ended && !reader.over() && left > 0; left = millisTo(deadline)) {
            wait(left);
        }
        return index < events.size() ? Optional.of(events.get(index)) : Optional.empty();
    }

    synchronized List<ProcessEvent> eventsSoFar() {
        return List.copyOf(events);
    }

    synchronized void wake() {
        notifyAll();
    }

    private synchronized FakeProcess add(ProcessEvent event) {
        if (!ended) {
            events.add(event);
            ended = event instanceof Exited;
            notifyAll();
        }
        return this;
    }

    private static long millisTo(long deadline) {
        return (deadline - System.nanoTime() + 999_999) / 1_000_000;
    }
}
