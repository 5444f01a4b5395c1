package dev.caisson.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The terminal this process runs in: whether there is one, its size, and raw mode for handing every key to a guest.
 * Used by the command line only, by one thread.
 */
public final class Terminal {
    private static final int STDIN = 0;
    private static final int STDOUT = 1;
    /** asm-generic/ioctls.h */
    private static final long TIOCGWINSZ = 0x5413;
    /** More than any libc's {@code struct termios}. */
    private static final int TERMIOS_BYTES = 256;
    private static final int TCSANOW = 0;

    private static final MethodHandle ISATTY = function("isatty", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle GET = function(
            "tcgetattr", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    private static final MethodHandle SET = function(
            "tcsetattr",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    private static final MethodHandle MAKE_RAW = function("cfmakeraw", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
    private static final MethodHandle IOCTL = function(
            "ioctl",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
            Linker.Option.firstVariadicArg(2));

    private Terminal() {}

    /** Columns and rows. */
    public record Size(int columns, int rows) {}

    /** Raw mode; closing it gives the terminal back as it was. */
    public interface Raw extends AutoCloseable {
        /** No raw mode. */
        Raw NONE = () -> {};

        @Override
        void close();
    }

    /** Whether standard input and output are both a terminal. */
    public static boolean isPresent() {
        return isTerminal(STDIN) && isTerminal(STDOUT);
    }

    /** Whether standard input is a terminal. */
    public static boolean isInputPresent() {
        return isTerminal(STDIN);
    }

    /** The size of the terminal at standard output, if that is one. */
    public static Optional<Size> size() {
        try (var arena = Arena.ofConfined()) {
            var winsize = arena.allocate(8, 2);
            if ((int) IOCTL.invokeExact(STDOUT, TIOCGWINSZ, winsize) != 0) {
                return Optional.empty();
            }
            var rows = Short.toUnsignedInt(winsize.get(ValueLayout.JAVA_SHORT, 0));
            var columns = Short.toUnsignedInt(winsize.get(ValueLayout.JAVA_SHORT, 2));
            return columns == 0 || rows == 0 ? Optional.empty() : Optional.of(new Size(columns, rows));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Puts the terminal at standard input into raw mode; does nothing where standard input is none. */
    public static Raw raw() {
        try (var arena = Arena.ofConfined()) {
            var before = arena.allocate(TERMIOS_BYTES, 8);
            if ((int) GET.invokeExact(STDIN, before) != 0) {
                return Raw.NONE;
            }
            var saved = before.toArray(ValueLayout.JAVA_BYTE);
            MAKE_RAW.invokeExact(before);
            set(before);
            return () -> restore(saved);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    private static void restore(byte[] saved) {
        try (var arena = Arena.ofConfined()) {
            set(arena.allocateFrom(ValueLayout.JAVA_BYTE, saved));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    private static void set(MemorySegment termios) throws Throwable {
        var unused = (int) SET.invokeExact(STDIN, TCSANOW, termios);
    }

    private static boolean isTerminal(int descriptor) {
        try {
            return (int) ISATTY.invokeExact(descriptor) == 1;
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
    }

    /** A downcall throws nothing of its own; the compiler cannot know. */
    private static IllegalStateException rethrown(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("a call into libc failed", e);
    }
}
