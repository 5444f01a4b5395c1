package dev.caisson.network;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;

/**
 * Threads inside a network namespace: the sockets they open and the processes they start live there. So a test needs no
 * program of its own for the other end of a wire, and a pool whose threads are made here takes the namespace for its
 * machine.
 */
record Netns(String name) implements ThreadFactory {
    private static final MethodHandle OPEN = function("open", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle SETNS = function("setns", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle SETFSUID = function("setfsuid", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final int CLONE_NEWNET = 0x4000_0000;

    private static MethodHandle function(String name, FunctionDescriptor type) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }

    Path path() {
        return SlotPlan.namespaceFolder().resolve(name);
    }

    @Override
    public Thread newThread(Runnable work) {
        return Thread.ofPlatform().name("in " + name).daemon().unstarted(() -> {
            enter();
            work.run();
        });
    }

    /** What {@code work} returns or throws when it runs in the namespace. */
    <T> T call(Callable<T> work) throws Exception {
        var result = new FutureTask<T>(work);
        newThread(result).start();
        try {
            return result.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    /** Like {@link #call}, and the sockets that {@code work} opens belong to another user: that is a matter of the thread too. */
    <T> T callAs(int user, Callable<T> work) throws Exception {
        return call(() -> {
            become(user);
            return work.call();
        });
    }

    private static void become(int user) {
        try {
            int before = (int) SETFSUID.invokeExact(user);
            int now = (int) SETFSUID.invokeExact(user);
            if (now != user) {
                throw new IllegalStateException("could not become user " + user + " but stayed " + before);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("could not become user " + user, e);
        }
    }

    void run(Action work) throws Exception {
        call(() -> {
            work.run();
            return true;
        });
    }

    interface Action {
        void run() throws Exception;
    }

    private void enter() {
        try (var arena = Arena.ofConfined()) {
            MemorySegment file = arena.allocateFrom(path().toString());
            int descriptor = (int) OPEN.invokeExact(file, 0);
            int result = (int) SETNS.invokeExact(descriptor, CLONE_NEWNET);
            int closed = (int) CLOSE.invokeExact(descriptor);
            if (result != 0 || closed != 0) {
                throw new IllegalStateException("could not enter the namespace " + name);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("could not enter the namespace " + name, e);
        }
    }
}
