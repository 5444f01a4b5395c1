package dev.caisson.http;

import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON in and out ({@code contract/rest-api.md} §2): unknown properties are ignored, absent optional values are left out
 * rather than written as null, instants are RFC 3339. Immutable and safe for use by many threads.
 */
public final class Json {
    public static final String CONTENT_TYPE = "application/json; charset=utf-8";

    /** The longest body read whole, in bytes ({@code contract/rest-api.md} §2). */
    public static final int BODY_LIMIT = 16 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .changeDefaultPropertyInclusion(inclusion -> inclusion
                    .withValueInclusion(Include.NON_ABSENT)
                    .withContentInclusion(Include.ALWAYS))
            .build();

    private Json() {}

    /** The mapper behind everything here, for trees and for streams of values. */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /**
     * Reads the request's body as a {@code T}.
     *
     * @throws HttpException 400 {@code validation error: …} if it is empty, not JSON, or no {@code T}; 413 beyond {@link #BODY_LIMIT}
     */
    public static <T> T read(Exchange exchange, Class<T> type) throws IOException {
        return readIfAny(exchange, type).orElseThrow(() -> HttpException.validation("the request body is empty"));
    }

    /** Like {@link #read}, but a request without body, or with an empty one, is nothing rather than wrong. */
    public static <T> Optional<T> readIfAny(Exchange exchange, Class<T> type) throws IOException {
        var bytes = bytes(exchange);
        if (new String(bytes, 0, Math.min(bytes.length, 64), StandardCharsets.UTF_8).isBlank()) {
            return Optional.empty();
        }
        return Optional.of(parse(bytes, type));
    }

    /**
     * Reads JSON text as a {@code T}.
     *
     * @throws HttpException 400 {@code validation error: …}
     */
    public static <T> T parse(byte[] text, Class<T> type) {
        try {
            var value = MAPPER.readValue(text, type);
            if (value == null || (value instanceof JsonNode node && node.isMissingNode())) {
                throw HttpException.validation("the value is null");
            }
            return value;
        } catch (DatabindException e) {
            var where = path(e);
            throw HttpException.validation((where.isEmpty() ? "the body" : "\"" + where + "\"")
                    + " has a wrong type or value, or lacks something required");
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw HttpException.validation("the body is not JSON"
                    + (at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")"));
        }
    }

    /** A value as compact JSON in UTF-8. */
    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** A tree as compact JSON whose members are in alphabetical order. */
    public static byte[] sortedBytes(JsonNode tree) {
        return MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED).writeValueAsBytes(tree);
    }

    /** Answers with a value. */
    public static void send(Exchange exchange, int status, Object value) throws IOException {
        sendBytes(exchange, status, bytes(value));
    }

    /** Answers with what {@link #bytes} made. */
    public static void sendBytes(Exchange exchange, int status, byte[] json) throws IOException {
        exchange.setHeader("Content-Type", CONTENT_TYPE);
        exchange.send(status, json);
    }

    /** Answers 204, which has no body ({@code contract/rest-api.md} §2.1). */
    public static void sendNothing(Exchange exchange) throws IOException {
        exchange.send(204, new byte[0]);
    }

    private static byte[] bytes(Exchange exchange) throws IOException {
        if (exchange.contentLength().orElse(0) > BODY_LIMIT) {
            throw tooLong();
        }
        try (InputStream body = exchange.body()) {
            var bytes = body.readNBytes(BODY_LIMIT + 1);
            if (bytes.length > BODY_LIMIT) {
                throw tooLong();
            }
            return bytes;
        }
    }

    private static HttpException tooLong() {
        return HttpException.withStatus(413, "the request body is longer than " + (BODY_LIMIT >> 20) + " MiB");
    }

    private static String path(DatabindException e) {
        var text = new StringBuilder();
        for (var step : e.getPath()) {
            if (step.getPropertyName() == null) {
                text.append('[').append(step.getIndex()).append(']');
            } else {
                text.append(text.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return text.toString();
    }
}
