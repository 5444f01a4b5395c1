package dev.caisson.e2e;

import dev.caisson.linux.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Programs that use the newest of the official SDKs that are pinned here. */
final class Sdk {
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private Sdk() {}

    /** Runs a JavaScript module with the npm package {@code e2b}. */
    static Command.Result javaScript(String program, Map<String, String> environment) {
        return run(SdkPackage.JAVA_SCRIPT, ".mjs", program, environment);
    }

    /** Runs a Python program with the PyPI package {@code e2b}. */
    static Command.Result python(String program, Map<String, String> environment) {
        return run(SdkPackage.PYTHON, ".py", program, environment);
    }

    private static Command.Result run(SdkPackage sdk, String ending, String program, Map<String, String> environment) {
        try {
            var file = Files.createTempFile(sdk.home(), "program-", ending);
            try {
                Files.writeString(file, program);
                return Command.of(sdk.interpreter(), List.of(file.toString()))
                        .withEnvironment(environment)
                        .inFolder(sdk.home())
                        .withDeadline(DEADLINE)
                        .runAnyExit();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
