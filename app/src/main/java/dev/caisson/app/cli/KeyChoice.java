package dev.caisson.app.cli;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.ClientException;
import dev.caisson.base.Category;
import tools.jackson.databind.JsonNode;

/** Finds the key that a person means by its id or its name. */
final class KeyChoice {
    private KeyChoice() {}

    /** @throws ClientException {@code NOT_FOUND}, or {@code CONFLICT} if several have the name */
    static String id(ApiClient api, String idOrName) {
        var keys = api.get("/api-keys").valueStream().toList();
        if (keys.stream().anyMatch(key -> id(key).equals(idOrName))) {
            return idOrName;
        }
        var named = keys.stream().filter(key -> key.path("name").asString().equals(idOrName)).map(KeyChoice::id).toList();
        if (named.isEmpty()) {
            throw new ClientException(
                    Category.NOT_FOUND, "there is no key with the id or name '" + idOrName + "'; `caisson keys list` shows those there are");
        }
        if (named.size() > 1) {
            throw new ClientException(
                    Category.CONFLICT, named.size() + " keys are called '" + idOrName + "'; say which by its id: " + String.join(", ", named));
        }
        return named.getFirst();
    }

    private static String id(JsonNode key) {
        return key.path("id").asString();
    }
}
