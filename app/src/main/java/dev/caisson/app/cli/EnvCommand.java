package dev.caisson.app.cli;

import dev.caisson.app.client.Access;
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
        System.out.println("export E2B_API_KEY=" + access.key());
        for (var name : new String[] {"E2B_API_URL", "E2B_SANDBOX_URL", "E2B_VOLUME_API_URL"}) {
            System.out.println("export " + name + "=" + access.url());
        }
        return 0;
    }
}
