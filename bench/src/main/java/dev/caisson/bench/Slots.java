package dev.caisson.bench;

import dev.caisson.base.Installation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.regex.Pattern;

/**
 * Where sandboxes are reached.
 *
 * @param server its public address
 */
record Slots(Installation installation, URI server) {
    private static final Pattern NUMBER = Pattern.compile("\"slot\":(\\d+)");

    /** The address at which the host reaches the sandbox itself. */
    String addressOf(String sandbox) throws IOException {
        var journal = Files.readString(installation.sandboxes().resolve(sandbox).resolve("journal.json"));
        var number = NUMBER.matcher(journal).results().findFirst().orElseThrow().group(1);
        return installation.addresses() + "." + Integer.parseInt(number) / 256 + "." + Integer.parseInt(number) % 256;
    }
}
