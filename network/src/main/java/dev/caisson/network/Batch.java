package dev.caisson.network;

import dev.caisson.base.Category;
import dev.caisson.linux.Command;
import dev.caisson.linux.LinuxException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Programs that take many commands on their standard input: one process for many changes. */
final class Batch {
    private static final JsonMapper JSON = JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final int QUOTED = 1000;

    private Batch() {}

    /** @return what the program printed */
    static String run(Command command, List<String> lines) {
        try {
            var result = command.withInput(String.join("\n", lines) + "\n").runAnyExit();
            if (result.exitCode() == 0) {
                return result.output();
            }
            throw new NetworkException(Category.INTERNAL, "could not change or read the network: " + command + " said '"
                    + abridged(result.errors().strip()) + "' to: " + abridged(String.join("; ", lines)));
        } catch (LinuxException e) {
            throw new NetworkException(e.category(), "could not change or read the network: " + e.getMessage(), e);
        }
    }

    /** Reads the JSON documents that a program printed one after the other. */
    static List<JsonNode> parse(String output) {
        var documents = new ArrayList<JsonNode>();
        try (var parser = JSON.createParser(output)) {
            while (parser.nextToken() != null) {
                documents.add(JSON.readTree(parser));
            }
            return documents;
        } catch (JacksonException e) {
            throw new NetworkException(Category.INTERNAL, "could not read the state of the network: " + e.getMessage(), e);
        }
    }

    private static String abridged(String text) {
        return text.length() > QUOTED ? text.substring(0, QUOTED) + "…" : text;
    }
}
