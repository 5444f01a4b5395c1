package dev.caisson.app.cli;

import dev.caisson.app.copy.Download;
import dev.caisson.app.copy.Place;
import dev.caisson.app.copy.Upload;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "cp",
        description = {
            "Copies files and folders into a sandbox or out of it.",
            "A place is SANDBOX:PATH, a local path, or - for standard input or output. A path in a sandbox that does not begin "
                    + "with / begins in the user's home. Put ./ before a local name with a colon, and -- before one that begins with -."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Exit code: 0 if all was copied, 1 if not.",
            "Example: caisson cp ./project i4k2m9x0q7w1e8r5t3y6u:",
            "         caisson cp i4k2m9x0q7w1e8r5t3y6u:/var/log/syslog .",
            "         tar -cz . | caisson cp - i4k2m9x0q7w1e8r5t3y6u:project.tar.gz"
        })
final class CpCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Option(names = {"-u", "--user"}, paramLabel = "USER", description = "Who owns what arrives in the sandbox (default: the template's user).")
    private @Nullable String user;

    @Parameters(index = "0", paramLabel = "FROM", description = "What is copied.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "Where to: a folder that is there, or the new name.")
    private String to = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        var skipped = switch (Place.parse(from)) {
            case Place.InSandbox source -> download(source);
            case Place.Here(var path, var isContents) -> upload(target(), upload -> upload.copy(path, isContents, target().path()));
            case Place.Standard() -> upload(target(), upload -> {
                upload.stream(System.in, target().path());
                return List.of();
            });
        };
        skipped.forEach(path -> System.err.println(
                "caisson: not copied, as it is neither a file, a folder nor a usable link: " + Texts.printable(path)));
        return skipped.isEmpty() ? 0 : 1;
    }

    private interface Uploading {
        List<String> with(Upload upload);
    }

    private List<String> upload(Place.InSandbox target, Uploading uploading) {
        try (var api = data.connect()) {
            return uploading.with(new Upload(api.connect(target.id()), Optional.ofNullable(user)));
        }
    }

    private List<String> download(Place.InSandbox source) {
        try (var api = data.connect()) {
            var download = new Download(api.connect(source.id()), Optional.ofNullable(user));
            return switch (Place.parse(to)) {
                case Place.Here(var path, _) -> download.copy(source.path(), path);
                case Place.Standard() -> {
                    download.stream(source.path(), new FileOutputStream(FileDescriptor.out));
                    yield List.of();
                }
                case Place.InSandbox _ -> throw misused(
                        "both places are in sandboxes; pipe one file through: caisson cp " + from + " - | caisson cp - " + to);
            };
        }
    }

    private Place.InSandbox target() {
        if (Place.parse(to) instanceof Place.InSandbox target) {
            return target;
        }
        throw misused("neither '" + from + "' nor '" + to + "' is in a sandbox; write one of them as SANDBOX:PATH");
    }

    private ParameterException misused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
