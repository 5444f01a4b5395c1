package dev.caisson.network;

import dev.caisson.linux.Command;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** nftables: every change is one transaction that happens entirely or not at all. */
final class Nft {
    private Nft() {}

    static void apply(List<String> lines) {
        if (!lines.isEmpty()) {
            Batch.run(Command.ofSystem("nft", "-f", "-"), lines);
        }
    }

    /**
     * The objects that one list command shows, each under the key of its kind, for instance {@code chain}
     * (libnftables-json(5)).
     */
    static List<JsonNode> list(String... what) {
        var arguments = Stream.concat(Stream.of("-j", "-a", "list"), Stream.of(what)).toArray(String[]::new);
        return Batch.parse(Batch.run(Command.ofSystem("nft", arguments), List.of())).stream()
                .flatMap(document -> document.path("nftables").valueStream())
                .toList();
    }

    /** The tables of a family, by name. */
    static List<String> tables(String family) {
        return list("tables", family).stream()
                .filter(object -> object.has("table"))
                .map(object -> object.get("table").path("name").asString(""))
                .toList();
    }
}
