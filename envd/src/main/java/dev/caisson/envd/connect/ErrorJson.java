package dev.caisson.envd.connect;

import dev.caisson.http.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/** The JSON forms of an error: alone in a unary answer, inside the last envelope of a stream. */
final class ErrorJson {
    private ErrorJson() {}

    static byte[] unary(ConnectFailure failure) {
        return Json.bytes(error(failure));
    }

    static byte[] endOfStream(ConnectFailure failure) {
        return Json.bytes(Map.of("error", error(failure)));
    }

    private static Map<String, String> error(ConnectFailure failure) {
        var error = new LinkedHashMap<String, String>();
        error.put("code", failure.code().wireName());
        error.put("message", failure.text());
        return error;
    }
}
