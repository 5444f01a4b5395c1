package dev.caisson.app.cli;

import dev.caisson.app.client.ClientException;
import dev.caisson.app.client.ProcessOutput;
import dev.caisson.app.client.ProcessStart;
import dev.caisson.app.client.RemoteSandbox;
import dev.caisson.base.Category;
import dev.caisson.linux.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One command in a sandbox, joined to this process's own input, output and terminal. */
final class ProcessRun implements ProcessOutput {
    private static final Duration SIZE_CHECK = Duration.ofMillis(250);
    private final RemoteSandbox sandbox;
    private final ProcessStart start;
    private final boolean input;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    private final FileOutputStream err = new FileOutputStream(FileDescriptor.err);

    private ProcessRun(RemoteSandbox sandbox, ProcessStart start, boolean input) {
        this.sandbox = sandbox;
        this.start = start;
        this.input = input;
    }

    /** Runs it to its end and gives its exit code. */
    static int run(RemoteSandbox sandbox, ProcessStart start, boolean input) {
        var run = new ProcessRun(sandbox, start, input);
        var terminal = start.terminal().isPresent() ? Terminal.raw() : Terminal.Raw.NONE;
        try {
            return sandbox.run(start, run);
        } finally {
            run.ended.countDown();
            terminal.close();
        }
    }

    @Override
    public void started(int pid) {
        if (input) {
            // Reading the console blocks in the kernel, which a virtual thread must not.
            Thread.ofPlatform().daemon().name("stdin").start(() -> forwardInput(pid));
        }
        start.terminal().ifPresent(size -> Thread.ofVirtual().name("terminal-size").start(() -> followSize(pid, size)));
    }

    @Override
    public void stdout(byte[] data) {
        write(out, data);
    }

    @Override
    public void stderr(byte[] data) {
        write(err, data);
    }

    /** Past {@code System.out}, which keeps failures to itself: a reader that has left must end the command. */
    private static void write(FileOutputStream stream, byte[] data) {
        try {
            stream.write(data);
        } catch (IOException e) {
            throw new ClientException(Category.INTERNAL, "could not write to standard output: " + e.getMessage(), e);
        }
    }

    private void forwardInput(int pid) {
        var buffer = new byte[16 << 10];
        var terminal = start.terminal().isPresent();
        try {
            for (int n = System.in.read(buffer); n >= 0; n = System.in.read(buffer)) {
                sandbox.writeInput(pid, Arrays.copyOf(buffer, n), terminal);
            }
            if (!terminal) {
                sandbox.closeInput(pid);
            }
        } catch (ClientException | IOException e) {
            // The process has ended or stopped reading; its exit code, which is still to come, tells the rest.
            return;
        }
    }

    /** Java has no signal for a changed window, so the size is looked at from time to time. */
    private void followSize(int pid, Terminal.Size first) {
        var known = first;
        try {
            while (!ended.await(SIZE_CHECK.toMillis(), TimeUnit.MILLISECONDS)) {
                var now = Terminal.size();
                if (now.isPresent() && !now.equals(Optional.of(known))) {
                    known = now.get();
                    sandbox.resize(pid, known);
                }
            }
        } catch (InterruptedException | ClientException e) {
            // The process has ended.
            return;
        }
    }
}
