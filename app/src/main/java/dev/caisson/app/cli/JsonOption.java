package dev.caisson.app.cli;

import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code --json}, which turns an answer for people into one for programs. */
final class JsonOption {
    private static final JsonMapper PRETTY = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    boolean wanted() {
        return json;
    }

    static void print(JsonNode node) {
        System.out.println(PRETTY.writeValueAsString(node));
    }
}
