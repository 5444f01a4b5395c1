package dev.caisson.front.rest;

import dev.caisson.http.HttpException;
import dev.caisson.node.Ingress;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The {@code network} of a create request: {@code contract/rest-api.md} §4.1. */
final class NetworkFields {
    /** A name or address, and a port: either may contain {@code ${PORT}}. */
    private static final Pattern HOST =
            Pattern.compile("(([0-9A-Za-z._~-]|\\$\\{PORT})+|\\[[0-9A-Fa-f:.]+])(:(\\d{1,5}|\\$\\{PORT}))?");

    private static final int LONGEST_HOST = 255;
    private static final int LARGEST_PORT = 65535;
    private static final int ENVD_PORT = 49983;

    private NetworkFields() {}

    /**
     * What the request says about the way in. What it says about the way out is checked, and refused as not there yet.
     *
     * @param secured whether envd will demand its token
     */
    static Ingress ingress(Fields request, boolean secured) {
        return request.object("network").map(network -> ingressOf(network, secured)).orElse(Ingress.OPEN);
    }

    private static Ingress ingressOf(Fields network, boolean secured) {
        var ingress = new Ingress(
                true, network.flag("allowPublicTraffic").orElse(true), network.text("maskRequestHost").map(NetworkFields::hostMask).orElse(""));
        if (!ingress.open() && !secured) {
            throw HttpException.invalid("You cannot create a sandbox without public access unless you enable secure envd access"
                    + " via 'secure' flag.");
        }
        network.list("httpsPorts").forEach(NetworkFields::requireUserPort);
        EgressFields.check(network);
        for (var name : List.of("httpsPorts", "allowOut", "denyOut", "egressProxy", "rules", "dnsServers")) {
            if (network.says(name)) {
                throw SandboxResource.notYet("'network." + name + "' of a new sandbox");
            }
        }
        return ingress;
    }

    private static String hostMask(String text) {
        if (text.length() > LONGEST_HOST || !HOST.matcher(text).matches() || !hasPossiblePort(text)) {
            throw HttpException.invalid("invalid mask request host '" + text + "': it must be host or host:port in ASCII, in which"
                    + " ${PORT} stands for the port");
        }
        return text;
    }

    private static boolean hasPossiblePort(String host) {
        var port = host.substring(host.lastIndexOf(':') + 1);
        return host.endsWith("]") || !host.contains(":") || port.equals("${PORT}") || Integer.parseInt(port) <= LARGEST_PORT;
    }

    private static void requireUserPort(JsonNode port) {
        if (!port.isIntegralNumber() || !port.canConvertToInt() || port.asInt() < 1 || port.asInt() > LARGEST_PORT
                || port.asInt() == ENVD_PORT) {
            throw HttpException.validation("property 'network.httpsPorts' must be a list of ports from 1 to 65535 without 49983");
        }
    }
}
