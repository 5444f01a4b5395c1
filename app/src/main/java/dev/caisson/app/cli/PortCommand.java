package dev.caisson.app.cli;

import dev.caisson.app.client.PortState;
import java.net.URI;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

@Command(
        name = "port",
        description = "Prints the URL of a port in a sandbox and checks whether something answers there.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Exit code: 0 if something listens or the port is private, 1 if nothing listens.",
            "Example: curl \"$(caisson port i4k2m9x0q7w1e8r5t3y6u 8000)\""
        })
final class PortCommand implements Callable<Integer> {
    private static final int MAX_PORT = 65535;

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(index = "0", paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Parameters(index = "1", paramLabel = "PORT", description = "1 to 65535.")
    private int port;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (port < 1 || port > MAX_PORT) {
            throw new ParameterException(spec.commandLine(), "PORT is 1 to " + MAX_PORT + ", not " + port);
        }
        try (var api = data.connect()) {
            var detail = api.get("/sandboxes/" + id);
            var address = address(api.url(), detail);
            var state = api.portState(id, port);
            if (json.wanted()) {
                JsonOption.print(JsonNodeFactory.instance.objectNode()
                        .put("sandboxID", id)
                        .put("port", port)
                        .put("url", address)
                        .put("state", state.name().toLowerCase(Locale.ROOT)));
            } else {
                System.out.println(address);
                explain(state);
            }
            return state == PortState.CLOSED ? 1 : 0;
        }
    }

    private void explain(PortState state) {
        switch (state) {
            case OPEN -> { }
            case CLOSED -> System.err.println("caisson: nothing listens on port " + port + " in the sandbox " + id + " yet");
            case PRIVATE -> System.err.println(
                    "caisson: this port is private; requests need the header e2b-traffic-access-token (caisson info " + id + " shows it)");
        }
    }

    /** By the domain of the server, or below {@code localhost}, which browsers and curl take for this machine. */
    private String address(URI server, JsonNode detail) {
        var domain = detail.path("domain").asString("");
        return domain.isEmpty()
                ? "http://" + port + "-" + id + ".localhost:" + server.getPort()
                : "https://" + port + "-" + id + "." + domain;
    }
}
