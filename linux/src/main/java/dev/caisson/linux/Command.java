package dev.caisson.linux;

import dev.caisson.base.Category;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One run of a program: absolute path, argument list, clean environment, deadline, bounded output.
 *
 * <p>Immutable; each {@code with} method returns a changed copy. The child inherits no descriptors beyond 0, 1 and 2 and
 * only {@code PATH} and {@code LC_ALL} plus what {@link #withEnvironment} adds.
 */
public final class Command {
    /** Programs are looked up here and nowhere else. */
    private static final List<Path> PROGRAM_FOLDERS = List.of(
            Path.of("/usr/local/sbin"), Path.of("/usr/local/bin"), Path.of("/usr/sbin"), Path.of("/usr/bin"),
            Path.of("/sbin"), Path.of("/bin"));
    private static final int KEPT_OUTPUT = 1 << 20;

    private final List<String> argv;
    private final Map<String, String> environment;
    private final Duration deadline;
    private final byte[] input;
    private final Optional<Path> outputFile;
    private final Optional<Path> folder;

    private Command(
            List<String> argv, Map<String, String> environment, Duration deadline, byte[] input,
            Optional<Path> outputFile, Optional<Path> folder) {
        this.argv = argv;
        this.environment = environment;
        this.deadline = deadline;
        this.input = input;
        this.outputFile = outputFile;
        this.folder = folder;
    }

    /** A run of {@code program}, an absolute path, with a deadline of 30 s until {@link #withDeadline} says otherwise. */
    public static Command of(Path program, List<String> arguments) {
        if (!program.isAbsolute()) {
            throw new IllegalArgumentException("a program is named by its absolute path, not '" + program + "'");
        }
        var argv = new ArrayList<String>();
        argv.add(program.toString());
        argv.addAll(arguments);
        var environment = new TreeMap<String, String>();
        environment.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        environment.put("LC_ALL", "C.UTF-8");
        return new Command(
                List.copyOf(argv), environment, Duration.ofSeconds(30), new byte[0], Optional.empty(), Optional.empty());
    }

    /**
     * A run of a program of the distribution, found by name in the system's program folders.
     *
     * @throws LinuxException {@code UNSUPPORTED} if it is not installed
     */
    public static Command ofSystem(String name, String... arguments) {
        var program = find(name).orElseThrow(() -> new LinuxException(
                Category.UNSUPPORTED, "the program '" + name + "' is not installed; `caisson doctor` says how to get it"));
        return of(program, List.of(arguments));
    }

    /** Where the system has the program {@code name}, if it has it. */
    public static Optional<Path> find(String name) {
        return PROGRAM_FOLDERS.stream().map(folder -> folder.resolve(name)).filter(p -> p.toFile().canExecute()).findFirst();
    }

    public Command withDeadline(Duration limit) {
        return new Command(argv, environment, limit, input, outputFile, folder);
    }

    public Command withEnvironment(Map<String, String> more) {
        var merged = new TreeMap<>(environment);
        merged.putAll(more);
        return new Command(argv, merged, deadline, input, outputFile, folder);
    }

    /** Bytes for the program's standard input; without them it reads end of file. */
    public Command withInput(byte[] bytes) {
        return new Command(argv, environment, deadline, bytes.clone(), outputFile, folder);
    }

    public Command withInput(String text) {
        return withInput(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Appends standard output and error to a file, which long-lived children may keep open after the program ended. */
    public Command withOutputTo(Path file) {
        return new Command(argv, environment, deadline, input, Optional.of(file), folder);
    }

    public Command inFolder(Path workingFolder) {
        return new Command(argv, environment, deadline, input, outputFile, Optional.of(workingFolder));
    }

    /**
     * What a run left.
     *
     * @param exitCode 0..255, or 128 + signal
     * @param output standard output as UTF-8, at most 1 MiB of it, every line ended; empty where it went to a file
     * @param errors standard error likewise
     */
    public record Result(int exitCode, String output, String errors) {}

    /**
     * Runs to the end and fails unless the program exits with 0.
     *
     * @throws LinuxException {@code INTERNAL} for another exit code, {@code TIMEOUT} past the deadline (the program is
     *     killed), {@code UNSUPPORTED} if it could not be started
     */
    public Result run() {
        return checked(runAnyExit());
    }

    private Result checked(Result result) {
        if (result.exitCode() != 0) {
            throw new LinuxException(Category.INTERNAL, this + " exited with " + result.exitCode() + ": "
                    + firstOf(result.errors().strip(), result.output().strip()));
        }
        return result;
    }

    /**
     * Like {@link #run()}, and hands every line of standard output over as it comes, on a thread of its own.
     *
     * @throws LinuxException as {@link #run()}
     */
    public Result runFollowing(Consumer<String> line) {
        return checked(execute(line));
    }

    /** Like {@link #run()}, but any exit code is an answer. */
    public Result runAnyExit() {
        return execute(line -> {});
    }

    private Result execute(Consumer<String> line) {
        var builder = new ProcessBuilder(argv);
        builder.environment().clear();
        builder.environment().putAll(environment);
        folder.ifPresent(path -> builder.directory(path.toFile()));
        if (input.length == 0) {
            builder.redirectInput(Path.of("/dev/null").toFile());
        }
        outputFile.ifPresent(file -> {
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(file.toFile()));
            builder.redirectError(ProcessBuilder.Redirect.appendTo(file.toFile()));
        });
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new LinuxException(Category.UNSUPPORTED, "could not start " + this + ": " + e.getMessage(), e);
        }
        try {
            var output = new Drain(process.getInputStream(), line);
            var errors = new Drain(process.getErrorStream(), ignored -> {});
            feed(process);
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LinuxException(Category.TIMEOUT, this + " did not end within " + deadline.toMillis() + " ms");
            }
            return new Result(process.exitValue(), output.text(), errors.text());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinuxException(Category.UNAVAILABLE, "interrupted while " + this + " ran", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * Runs in the caller's terminal: the program has this process's standard input, output and error, and no deadline, for a
     * person is at the other end.
     *
     * @return its exit code
     */
    public int runInTerminal() {
        var builder = new ProcessBuilder(argv).inheritIO();
        builder.environment().putAll(environment);
        try {
            return builder.start().waitFor();
        } catch (IOException e) {
            throw new LinuxException(Category.UNSUPPORTED, "could not start " + this + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinuxException(Category.UNAVAILABLE, "interrupted while " + this + " ran", e);
        }
    }

    private void feed(Process process) {
        try (var stdin = process.getOutputStream()) {
            stdin.write(input);
        } catch (IOException e) {
            // The program closed its input early; its exit code tells whether that was wrong.
            return;
        }
    }

    private static String firstOf(String errors, String output) {
        var text = errors.isEmpty() ? output : errors;
        return text.length() > 2000 ? text.substring(0, 2000) + "…" : text;
    }

    @Override
    public String toString() {
        return String.join(" ", argv);
    }

    /** Reads a stream to its end on a thread of its own, keeping the first {@link #KEPT_OUTPUT} bytes. */
    private static final class Drain {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final Thread thread;

        Drain(InputStream stream, Consumer<String> line) {
            thread = Thread.ofVirtual().start(() -> {
                try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                    for (var text = reader.readLine(); text != null; text = reader.readLine()) {
                        keep(text);
                        line.accept(text);
                    }
                } catch (IOException e) {
                    // The process was killed; what was read so far is what there is.
                    return;
                }
            });
        }

        private void keep(String text) {
            var bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
            synchronized (kept) {
                kept.write(bytes, 0, Math.min(bytes.length, KEPT_OUTPUT - kept.size()));
            }
        }

        /** Waits for the end of the stream, but not for a grandchild that keeps it open. */
        String text() throws InterruptedException {
            thread.join(Duration.ofSeconds(1));
            synchronized (kept) {
                return kept.toString(StandardCharsets.UTF_8);
            }
        }
    }
}
