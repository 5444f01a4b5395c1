package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import dev.caisson.linux.ProcessIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Processes of this machine that belong to sandboxes of this engine, told by what they were started with. */
record HostProcesses(Places places) {
    /** Name under which the sandbox's kernel runs. */
    private static final String KERNEL = "runsc-sandbox";

    /** Whether {@code process} is, at this moment, the kernel of the sandbox {@code id}. */
    boolean isKernel(ProcessIdentity process, String id) {
        var arguments = arguments(Long.toString(process.pid()));
        return !arguments.isEmpty() && arguments.getFirst().equals(KERNEL) && owner(arguments).filter(id::equals).isPresent()
                && process.isAlive();
    }

    /** Every process that works for a sandbox of this engine, with that sandbox's id. Reads all of {@code /proc}. */
    TreeMap<ProcessIdentity, String> all() {
        var found = new TreeMap<ProcessIdentity, String>((a, b) -> Long.compare(a.pid(), b.pid()));
        try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (var entry : entries) {
                var name = entry.getFileName().toString();
                // The identity first: if the number is reused in between, the arguments are the new process's, not this one's.
                ProcessIdentity.of(Long.parseLong(name)).ifPresent(process ->
                        owner(arguments(name)).filter(id -> process.isAlive()).ifPresent(id -> found.put(process, id)));
            }
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "could not list the processes of this machine: " + e.getMessage(), e);
        }
        return found;
    }

    /** The id is the folder's name in {@code --bundle}. */
    private Optional<String> owner(List<String> arguments) {
        if (!arguments.contains(Tool.stateFlag(places))) {
            return Optional.empty();
        }
        var bundle = Tool.BUNDLE_FLAG + places.sandboxes() + "/";
        return arguments.stream().filter(argument -> argument.startsWith(bundle)).map(argument -> argument.substring(bundle.length()))
                .findFirst();
    }

    private static List<String> arguments(String pid) {
        try {
            var text = Files.readString(Path.of("/proc", pid, "cmdline"), StandardCharsets.ISO_8859_1);
            return Arrays.asList(text.split("\0"));
        } catch (IOException e) {
            return List.of();
        }
    }
}
