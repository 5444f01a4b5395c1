package dev.caisson.front;

import dev.caisson.front.proxy.PortProxy;
import dev.caisson.http.Cors;
import dev.caisson.http.Exchange;
import dev.caisson.http.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The answer for a sandbox that cannot be reached, as a page for people or as JSON ({@code contract/rest-api.md} §9.2). The
 * JSON messages are matched by clients word for word (§15.6).
 *
 * @param sandboxId bare
 * @param message of the JSON answer
 * @param details further members of the JSON answer
 * @param title heading of the page
 * @param text a sentence of the page, plain text
 */
record SandboxPage(
        int status, String sandboxId, String message, Map<String, Integer> details, String title, String text) {

    static SandboxPage notFound(String sandboxId) {
        return new SandboxPage(502, sandboxId, "The sandbox was not found", Map.of(), "Sandbox Not Found",
                "There is no running sandbox " + sandboxId + " here. It may have ended, or its id may be misspelt.");
    }

    static SandboxPage closedPort(String sandboxId, int port) {
        return new SandboxPage(502, sandboxId, "The sandbox is running but port is not open", Map.of("port", port),
                "Closed Port", "Sandbox " + sandboxId + " is running, but there is no service running on port " + port + ".");
    }

    static SandboxPage missingTrafficToken(String sandboxId) {
        return new SandboxPage(403, sandboxId,
                "Sandbox is secured with traffic access token. Token header '" + PortProxy.TRAFFIC_TOKEN + "' is missing",
                Map.of(), "Missing Traffic Access Token",
                "The ports of sandbox " + sandboxId + " are private: requests need the header " + PortProxy.TRAFFIC_TOKEN + ".");
    }

    static SandboxPage wrongTrafficToken(String sandboxId) {
        return new SandboxPage(403, sandboxId,
                "Sandbox is secured with traffic access token. Provided token in header '" + PortProxy.TRAFFIC_TOKEN + "' is invalid",
                Map.of(), "Invalid Traffic Access Token",
                "The ports of sandbox " + sandboxId + " are private, and the token in the header " + PortProxy.TRAFFIC_TOKEN
                        + " is not its own.");
    }

    static SandboxPage tooManyConnections(String sandboxId, int limit) {
        return new SandboxPage(429, sandboxId, "The sandbox has too many connections", Map.of("connectionLimit", limit),
                "Too Many Connections", "Sandbox " + sandboxId + " has as many open connections as it may have: " + limit + ".");
    }

    static SandboxPage wrongCredentials(String sandboxId) {
        return new SandboxPage(403, sandboxId, "The sandbox is paused and can't be resumed with the credentials provided", Map.of(),
                "Sandbox Paused", "Sandbox " + sandboxId + " is paused, and this request may not resume it: it lacks the sandbox's token.");
    }

    static SandboxPage inTransition(String sandboxId) {
        return new SandboxPage(409, sandboxId, "The sandbox is still transitioning", Map.of(), "Sandbox In Transition",
                "Sandbox " + sandboxId + " is being paused or resumed, and that takes long. Try again in a moment.");
    }

    /** @param message that of the control plane */
    static SandboxPage noPlace(String sandboxId, String message) {
        return new SandboxPage(429, sandboxId, message, Map.of(), "Sandbox Limit Reached",
                "Sandbox " + sandboxId + " is paused, and its team has as many running sandboxes as it may have.");
    }

    static SandboxPage noRoom(String sandboxId) {
        return new SandboxPage(503, sandboxId, "The sandbox is paused and there is no room to resume it now; nothing was done", Map.of(),
                "No Room", "Sandbox " + sandboxId + " is paused, and the machine has no room for it now. Try again in a moment.");
    }

    static SandboxPage notResumed(String sandboxId) {
        return new SandboxPage(502, sandboxId, "The sandbox could not be resumed", Map.of(), "Sandbox Not Resumed",
                "Sandbox " + sandboxId + " is paused and could not be resumed; the server's log says why.");
    }

    static SandboxPage serverBusy(String sandboxId) {
        return new SandboxPage(503, sandboxId, "The server has too many connections to sandboxes; nothing was done", Map.of(),
                "Server Busy", "There are too many connections to sandboxes, so sandbox " + sandboxId
                        + " was not asked. Try again in a moment.");
    }

    /** Sends it so that scripts of any origin may read it; a browser that asks whether it may send its request is told so. */
    void send(Exchange exchange) throws IOException {
        Cors.edge().around(this::answer).handle(exchange);
    }

    private void answer(Exchange exchange) throws IOException {
        var forPeople = Browsers.wantsPage(exchange);
        exchange.setHeader("Content-Type", forPeople ? "text/html; charset=utf-8" : Json.CONTENT_TYPE);
        var nothingDone = status == 429 || status == 503;
        exchange.setHeader("Should-Retry", Boolean.toString(nothingDone));
        if (nothingDone) {
            exchange.setHeader("Retry-After", "1");
        }
        exchange.send(status, forPeople ? html().getBytes(StandardCharsets.UTF_8) : Json.bytes(json()));
    }

    private Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("sandboxId", sandboxId);
        json.put("message", message);
        json.putAll(details);
        json.put("code", status);
        return json;
    }

    private String html() {
        return """
                <html lang="en">
                <head><meta charset="utf-8"><title>%1$s</title>
                <style>body{font-family:system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem;line-height:1.5}</style>
                </head>
                <body><h1>%1$s</h1><p>%2$s</p></body>
                </html>""".formatted(escaped(title), escaped(text));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
