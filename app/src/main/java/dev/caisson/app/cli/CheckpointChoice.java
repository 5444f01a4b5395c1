package dev.caisson.app.cli;

import dev.caisson.app.client.ClientException;
import dev.caisson.app.client.RemoteStates;
import dev.caisson.base.Category;
import tools.jackson.databind.JsonNode;

/** Finds the checkpoint that a person means by its id or its name. */
final class CheckpointChoice {
    private CheckpointChoice() {}

    /** @throws ClientException {@code NOT_FOUND}, or {@code CONFLICT} if several have the name */
    static String id(RemoteStates states, String sandbox, String idOrName) {
        var all = states.checkpointsOf(sandbox);
        if (all.stream().anyMatch(checkpoint -> id(checkpoint).equals(idOrName))) {
            return idOrName;
        }
        var named = all.stream().filter(checkpoint -> checkpoint.path("name").asString().equals(idOrName)).map(CheckpointChoice::id).toList();
        if (named.isEmpty()) {
            throw new ClientException(
                    Category.NOT_FOUND,
                    "there is no checkpoint with the id or name '" + idOrName + "'; `caisson checkpoint ls " + sandbox + "` shows those there are");
        }
        if (named.size() > 1) {
            throw new ClientException(
                    Category.CONFLICT,
                    named.size() + " checkpoints are called '" + idOrName + "'; say which by its id: " + String.join(", ", named));
        }
        return named.getFirst();
    }

    private static String id(JsonNode checkpoint) {
        return checkpoint.path("checkpointID").asString();
    }
}
