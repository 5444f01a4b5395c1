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
     * The objects of one kind that a list command shows, for instance the {@code chain}s of {@code list chains inet}.
     *
     * @param kind the key each object stands under in nft's JSON (libnftables-json(5))
     */
    static List<JsonNode> list(String kind, String... command) {
        var arguments = Stream.concat(Stream.of("-j", "-a"), Stream.of(command)).toArray(String[]::new);
        return Batch.parse(Batch.run(Command.ofSystem("nft", arguments), List.of())).stream()
                .flatMap(document -> document.path("nftables").valueStream())
                .filter(object -> object.has(kind))
                .map(object -> object.get(kind))
                .toList();
    }
}
