package dev.caisson.app.cli;

import dev.caisson.app.client.Access;
import dev.caisson.app.server.Settings;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "env",
        description = "Prints the lines that point the E2B SDKs at this Caisson.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: eval \"$(caisson env)\""})
final class EnvCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Override
    public Integer call() {
        var access = Access.find(Map.of(), data.folder());
        PublicNames.of(Settings.load(data.folder()), data.folder())
                .map(names -> names.variables(access))
                .orElseGet(() -> PublicNames.withoutNames(access))
                .forEach((name, value) -> System.out.println("export " + name + "=" + value));
        return 0;
    }
}
