package dev.caisson.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The C library's functions that this module calls. Each answers like the kernel itself: a result of zero or more, or the
 * negated error number. Not for use outside this module; callers turn an error into a {@link LinuxException} by {@link Errno}.
 */
final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle MOUNT = function("mount", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
    private static final MethodHandle UMOUNT2 = function("umount2", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle OPEN = variadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = function("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle IOCTL_NUMBER = variadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle IOCTL_POINTER = variadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle LSEEK = function("lseek", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle COPY_FILE_RANGE =
            function("copy_file_range", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle FTRUNCATE = function("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle UMASK = function("umask", JAVA_INT, JAVA_INT);
    private static final MethodHandle FSYNC = function("fsync", JAVA_INT, JAVA_INT);
    private static final MethodHandle SYNCFS = function("syncfs", JAVA_INT, JAVA_INT);
    private static final MethodHandle POLL = function("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle EVENTFD = function("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle READ = function("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle WRITE = function("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle SOCKET = function("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CONNECT = function("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SENDMSG = function("sendmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SETPRIORITY = function("setpriority", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SYSCALL = variadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle MMAP =
            function("mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MUNMAP = function("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle STRERROR = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));

    /** System calls of Linux 5.1 and later have the same number on every architecture. */
    private static final long PIDFD_SEND_SIGNAL = 424;
    private static final long PIDFD_OPEN = 434;

    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;
    static final int AF_UNIX = 1;
    private static final int AF_NETLINK = 16;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_RAW = 3;
    private static final int MSG_NOSIGNAL = 0x4000;

    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_CLOEXEC = 0x80000;
    static final int SEEK_DATA = 3;
    static final int SEEK_HOLE = 4;
    static final int SEEK_SET = 0;
    static final int SEEK_END = 2;

    private Libc() {}

    static int mount(String source, String target, String type, long flags, String data) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(MOUNT, arena, arena.allocateFrom(source), arena.allocateFrom(target), arena.allocateFrom(type),
                    flags, arena.allocateFrom(data));
        }
    }

    static int umount(String target, int flags) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(UMOUNT2, arena, arena.allocateFrom(target), flags);
        }
    }

    static int open(String path, int flags, int mode) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(OPEN, arena, arena.allocateFrom(path), flags | O_CLOEXEC, mode);
        }
    }

    static void close(int descriptor) {
        try (var arena = Arena.ofConfined()) {
            call(CLOSE, arena, descriptor);
        }
    }

    static int ioctl(int descriptor, long request, long argument) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(IOCTL_NUMBER, arena, descriptor, request, argument);
        }
    }

    static int ioctl(int descriptor, long request, MemorySegment argument) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(IOCTL_POINTER, arena, descriptor, request, argument);
        }
    }

    static long seek(int descriptor, long offset, int whence) {
        try (var arena = Arena.ofConfined()) {
            return call(LSEEK, arena, descriptor, offset, whence);
        }
    }

    /** Copies from both descriptors' positions on. */
    static long copyFileRange(int from, int to, long bytes) {
        try (var arena = Arena.ofConfined()) {
            return call(COPY_FILE_RANGE, arena, from, MemorySegment.NULL, to, MemorySegment.NULL, bytes, 0);
        }
    }

    static int truncate(int descriptor, long bytes) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(FTRUNCATE, arena, descriptor, bytes);
        }
    }

    static int sync(int descriptor) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(FSYNC, arena, descriptor);
        }
    }

    /** Writes out the whole file system that the descriptor's file is on. */
    static int syncFileSystem(int descriptor) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(SYNCFS, arena, descriptor);
        }
    }

    /** @return the mask before */
    static int umask(int mask) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(UMASK, arena, mask);
        }
    }

    /** @param descriptors an array of {@code struct pollfd} */
    static int poll(MemorySegment descriptors, int count, int timeoutMillis) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(POLL, arena, descriptors, (long) count, timeoutMillis);
        }
    }

    static int eventDescriptor() {
        try (var arena = Arena.ofConfined()) {
            return (int) call(EVENTFD, arena, 0, O_CLOEXEC);
        }
    }

    static long read(int descriptor, MemorySegment into) {
        try (var arena = Arena.ofConfined()) {
            return call(READ, arena, descriptor, into, into.byteSize());
        }
    }

    static long write(int descriptor, MemorySegment from) {
        try (var arena = Arena.ofConfined()) {
            return call(WRITE, arena, descriptor, from, from.byteSize());
        }
    }

    /** A raw netlink socket (netlink(7)); reading and writing it moves one datagram. */
    static int netlink(int protocol) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(SOCKET, arena, AF_NETLINK, SOCK_RAW | O_CLOEXEC, protocol);
        }
    }

    static int unixStream() {
        try (var arena = Arena.ofConfined()) {
            return (int) call(SOCKET, arena, AF_UNIX, SOCK_STREAM | O_CLOEXEC, 0);
        }
    }

    static int connect(int socket, MemorySegment address) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(CONNECT, arena, socket, address, (int) address.byteSize());
        }
    }

    /** @param message a {@code struct msghdr} */
    static long send(int socket, MemorySegment message) {
        try (var arena = Arena.ofConfined()) {
            return call(SENDMSG, arena, socket, message, MSG_NOSIGNAL);
        }
    }

    /** Maps {@code length} bytes of a descriptor, readable, writable and shared; answers the address. */
    static long map(int descriptor, long length) {
        try (var arena = Arena.ofConfined()) {
            return call(MMAP, arena, 0L, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0L);
        }
    }

    static void unmap(long address, long length) {
        try (var arena = Arena.ofConfined()) {
            call(MUNMAP, arena, address, length);
        }
    }

    /** For the calling thread only: on Linux each has a priority of its own. */
    static int setPriority(int nice) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(SETPRIORITY, arena, 0, 0, nice);
        }
    }

    static int pidfdOpen(long pid) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(SYSCALL, arena, PIDFD_OPEN, pid, 0L, 0L, 0L);
        }
    }

    static int pidfdSendSignal(int pidfd, int signal) {
        try (var arena = Arena.ofConfined()) {
            return (int) call(SYSCALL, arena, PIDFD_SEND_SIGNAL, (long) pidfd, (long) signal, 0L, 0L);
        }
    }

    static String describe(int errno) {
        try {
            var text = (MemorySegment) STRERROR.invokeExact(errno);
            return text.reinterpret(256).getString(0);
        } catch (Throwable e) {
            throw new AssertionError("strerror cannot fail", e);
        }
    }

    /**
     * Runs a native call that may block for long without holding the carrier of a virtual thread: a foreign call pins it,
     * and no other carrier takes its place.
     */
    static <T> T blocking(Callable<T> call) {
        if (!Thread.currentThread().isVirtual()) {
            return plainly(call);
        }
        var result = new CompletableFuture<T>();
        Thread.ofPlatform().daemon().name("native call").start(() -> {
            try {
                result.complete(call.call());
            } catch (Exception | Error e) {
                result.completeExceptionally(e);
            }
        });
        try {
            return result.join();
        } catch (CompletionException e) {
            throw rethrown(e.getCause() == null ? e : e.getCause());
        }
    }

    private static <T> T plainly(Callable<T> call) {
        try {
            return call.call();
        } catch (Exception e) {
            throw rethrown(e);
        }
    }

    private static RuntimeException rethrown(Throwable cause) {
        return switch (cause) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(cause);
        };
    }

    private static long call(MethodHandle function, Arena arena, Object... arguments) {
        var captured = arena.allocate(CAPTURED);
        var all = new Object[arguments.length + 1];
        all[0] = captured;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try {
            long result = ((Number) function.invokeWithArguments(all)).longValue();
            return result == -1 ? -(int) ERRNO.get(captured, 0L) : result;
        } catch (Throwable e) {
            throw new AssertionError("the foreign call itself cannot fail", e);
        }
    }

    private static MethodHandle function(String name, ValueLayout result, ValueLayout... arguments) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle variadic(String name, int fixed, ValueLayout result, ValueLayout... arguments) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(fixed));
    }
}
