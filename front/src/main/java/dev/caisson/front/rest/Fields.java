package dev.caisson.front.rest;

import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The members of a request's JSON object, read one by one. Unknown members are ignored and {@code null} counts as absent
 * ({@code contract/rest-api.md} §2); a wrong type is 400 with the text that clients look for.
 */
record Fields(ObjectNode object) {

    /** @throws HttpException 400 if the body is no JSON object */
    static Fields read(Exchange exchange) throws IOException {
        return of(Json.read(exchange, JsonNode.class));
    }

    /** The same, but no body is an empty object. */
    static Fields readIfAny(Exchange exchange) throws IOException {
        return of(Json.readIfAny(exchange, JsonNode.class).orElseGet(JsonNodeFactory.instance::objectNode));
    }

    private static Fields of(JsonNode node) {
        if (node instanceof ObjectNode object) {
            return new Fields(object);
        }
        throw HttpException.validation("the body must be a JSON object");
    }

    /** Whether a member is there and says anything: not null, not false, not empty, and no object whose members all say nothing. */
    boolean says(String name) {
        return says(object.path(name));
    }

    private static boolean says(JsonNode node) {
        if (node.isObject()) {
            return node.valueStream().anyMatch(Fields::says);
        }
        return !(node.isMissingNode() || node.isNull() || (node.isBoolean() && !node.asBoolean()) || (node.isArray() && node.isEmpty()));
    }

    String requiredText(String name) {
        var node = object.path(name);
        if (!node.isString() || node.asString().isBlank()) {
            throw HttpException.validation("property '" + name + "' is required and must be a string");
        }
        return node.asString();
    }

    Optional<Boolean> flag(String name) {
        return member(name).map(node -> {
            if (!node.isBoolean()) {
                throw HttpException.validation("property '" + name + "' must be true or false");
            }
            return node.asBoolean();
        });
    }

    /** A whole number from 0 to the largest 32-bit one. */
    Optional<Integer> count(String name) {
        return member(name).map(node -> {
            if (!node.isIntegralNumber() || !node.canConvertToInt() || node.asInt() < 0) {
                throw HttpException.validation("property '" + name + "' must be a whole number, 0 or more");
            }
            return node.asInt();
        });
    }

    int requiredCount(String name) {
        return count(name).orElseThrow(() -> HttpException.validation("property '" + name + "' is required"));
    }

    /** An object of strings; absent is empty. */
    Map<String, String> texts(String name) {
        var texts = new LinkedHashMap<String, String>();
        member(name).ifPresent(node -> {
            if (!node.isObject()) {
                throw HttpException.validation("property '" + name + "' must be an object of strings");
            }
            node.properties().forEach(entry -> {
                if (!entry.getValue().isString()) {
                    throw HttpException.validation("property '" + name + "." + entry.getKey() + "' must be a string");
                }
                texts.put(entry.getKey(), entry.getValue().asString());
            });
        });
        return texts;
    }

    Optional<String> text(String name) {
        return member(name).map(node -> {
            if (!node.isString()) {
                throw HttpException.validation("property '" + name + "' must be a string");
            }
            return node.asString();
        });
    }

    Optional<Fields> object(String name) {
        return member(name).map(node -> {
            if (node instanceof ObjectNode members) {
                return new Fields(members);
            }
            throw HttpException.validation("property '" + name + "' must be an object");
        });
    }

    /** The elements of an array; absent is empty. */
    List<JsonNode> list(String name) {
        return member(name).map(node -> {
            if (!node.isArray()) {
                throw HttpException.validation("property '" + name + "' must be an array");
            }
            return List.copyOf(node.values());
        }).orElse(List.of());
    }

    private Optional<JsonNode> member(String name) {
        var node = object.path(name);
        return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node);
    }
}
