package dev.caisson.front.rest;

import dev.caisson.control.Idempotency;
import dev.caisson.control.Idempotency.Outcome;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * {@code Idempotency-Key} ({@code contract/rest-api.md} §15.2). What a repeat may expect stands in {@code Should-Retry}, which
 * newer SDKs obey at every status: a request that is under way is worth asking for again, one whose answer is lost is not.
 */
final class IdempotentAnswers {
    private static final String HEADER = "Idempotency-Key";
    private static final Pattern FORM = Pattern.compile("[a-z0-9-]{1,255}");
    private final Idempotency idempotency;

    IdempotentAnswers(Idempotency idempotency) {
        this.idempotency = idempotency;
    }

    static boolean areAskedFor(Exchange exchange) {
        return exchange.header(HEADER).isPresent();
    }

    /**
     * The body of the answer: of the first request with this key.
     *
     * @throws HttpException 400 for a malformed key, 409 or 422 as the contract has it
     */
    byte[] once(Team team, Exchange exchange, Fields fields, Supplier<byte[]> work) {
        return switch (idempotency.once(team, key(exchange), fingerprint(exchange, fields), work)) {
            case Outcome.Answered(var answer) -> answer;
            case Outcome.InProgress() -> {
                exchange.setHeader("Should-Retry", "true");
                exchange.setHeader("Retry-After", "1");
                throw refusal(409, "a request with this Idempotency-Key is under way; ask again for its answer", "idempotency_in_progress");
            }
            case Outcome.Mismatch() -> throw refusal(
                    422, "this Idempotency-Key was used for another request; use another one", "idempotency_request_mismatch");
            case Outcome.Unknown() -> {
                exchange.setHeader("Should-Retry", "false");
                throw refusal(
                        409,
                        "the request with this Idempotency-Key was begun and its answer is lost: the server ended in between. Look into the"
                                + " list of sandboxes, and use another key for another try",
                        "idempotency_outcome_unknown");
            }
        };
    }

    private static String key(Exchange exchange) {
        var keys = exchange.headers(HEADER);
        if (keys.size() != 1 || !FORM.matcher(keys.getFirst()).matches()) {
            throw HttpException.validation("header '" + HEADER + "' must be one of 1 to 255 characters of a-z, 0-9 and '-'");
        }
        return keys.getFirst();
    }

    /** The same for bodies that say the same, whatever their order and spacing. */
    private static String fingerprint(Exchange exchange, Fields fields) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((exchange.method() + " " + exchange.rawPath() + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(Json.sortedBytes(fields.object())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    private static HttpException refusal(int status, String message, String code) {
        return HttpException.withStatus(status, message).withErrorCode(code);
    }
}
