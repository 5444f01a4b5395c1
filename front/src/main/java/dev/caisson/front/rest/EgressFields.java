package dev.caisson.front.rest;

import dev.caisson.http.HttpException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Checks what a request says about the way out of a sandbox: {@code contract/rest-api.md} §4.1, §15.4. */
final class EgressFields {
    private static final String EVERYTHING = "0.0.0.0/0";
    private static final Pattern DOMAIN = Pattern.compile(
            "(\\*\\.)?([0-9A-Za-z_]([0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?\\.)*[0-9A-Za-z_]([0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?");
    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}");
    private static final Pattern PROXY = Pattern.compile("([0-9A-Za-z._-]+|\\[[0-9A-Fa-f:.]+]):(\\d{1,5})");
    /** Of any name (RFC 1035 §2.3.4), with the {@code *.} before it; the pattern would take a long one to the end of the stack. */
    private static final int LONGEST_NAME = 255;

    /** Of the name that a rule is for. */
    private static final int LONGEST_DOMAIN = 128;
    private static final int LONGEST_CREDENTIAL = 255;
    private static final int LONGEST_HEADER = 2048;
    private static final int MOST_DOMAINS = 10;
    private static final int MOST_HEADERS = 20;
    private static final int MOST_DNS_SERVERS = 10;

    private EgressFields() {}

    /** @throws HttpException 400 if a member breaks a rule */
    static void check(Fields network) {
        var denied = network.list("denyOut").stream().map(entry -> text("denyOut", entry)).toList();
        denied.forEach(EgressFields::requireDeniable);
        for (var entry : network.list("allowOut")) {
            var target = text("allowOut", entry);
            if (!isNetwork(target)) {
                requireDomainRule(target, denied.contains(EVERYTHING));
            }
        }
        network.object("egressProxy").ifPresent(EgressFields::checkProxy);
        network.object("rules").ifPresent(EgressFields::checkRules);
        var servers = network.list("dnsServers");
        if (servers.size() > MOST_DNS_SERVERS || !servers.stream().allMatch(server -> server.isString() && isIpv4(server.asString()))) {
            throw HttpException.invalid("property 'network.dnsServers' must be a list of at most 10 IPv4 addresses");
        }
    }

    private static void requireDeniable(String target) {
        if (!isNetwork(target) || target.equals("0.0.0.0") || target.equals("::")) {
            throw HttpException.invalid("invalid denied CIDR " + target);
        }
    }

    private static void requireDomainRule(String target, boolean everythingElseDenied) {
        if (!target.equals("*") && !isDomain(target)) {
            throw HttpException.invalid("invalid allowed address or domain " + target);
        }
        if (!everythingElseDenied) {
            throw HttpException.invalid("domains such as " + target + " can be allowed only when 'denyOut' has 0.0.0.0/0");
        }
    }

    private static void checkProxy(Fields proxy) {
        var address = PROXY.matcher(proxy.requiredText("address"));
        if (!address.matches() || Integer.parseInt(address.group(2)) > 65535) {
            throw HttpException.invalid("the egress proxy's address must be host:port");
        }
        var user = proxy.text("username");
        var password = proxy.text("password");
        if (user.isEmpty() && password.isPresent()) {
            throw HttpException.invalid("the egress proxy has a password but no username");
        }
        if (bytes(user.orElse("")) > LONGEST_CREDENTIAL || bytes(password.orElse("")) > LONGEST_CREDENTIAL) {
            throw HttpException.invalid("the egress proxy's username and password must have at most 255 bytes each");
        }
    }

    private static void checkRules(Fields rules) {
        var domains = rules.object().propertyNames();
        if (domains.size() > MOST_DOMAINS) {
            throw HttpException.invalid("'network.rules' can have at most 10 domains");
        }
        for (var domain : domains) {
            if (domain.length() > LONGEST_DOMAIN || !isDomain(domain)) {
                throw HttpException.invalid("invalid domain " + domain + " in 'network.rules'");
            }
            var entries = rules.list(domain);
            if (entries.size() > 1) {
                throw HttpException.invalid("'network.rules' can have one entry for " + domain);
            }
            entries.forEach(entry -> checkTransform(domain, entry));
        }
    }

    private static void checkTransform(String domain, JsonNode rule) {
        var headers = rule.path("transform").path("headers");
        if (!rule.isObject() || headers.size() > MOST_HEADERS) {
            throw HttpException.invalid("the rule for " + domain + " must be an object with at most 20 headers");
        }
        headers.properties().forEach(header -> {
            if (!HEADER_NAME.matcher(header.getKey()).matches() || !header.getValue().isString()
                    || header.getValue().asString().length() > LONGEST_HEADER) {
                throw HttpException.invalid("invalid header '" + header.getKey() + "' in the rule for " + domain);
            }
        });
    }

    private static String text(String name, JsonNode entry) {
        if (!entry.isString()) {
            throw HttpException.validation("property 'network." + name + "' must be a list of strings");
        }
        return entry.asString();
    }

    private static boolean isDomain(String text) {
        return text.length() <= LONGEST_NAME && DOMAIN.matcher(text).matches() && !isAddress(text);
    }

    /** An address, or one with the length of a prefix. */
    private static boolean isNetwork(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return isAddress(text);
        }
        var address = text.substring(0, slash);
        var prefix = text.substring(slash + 1);
        return isAddress(address) && prefix.matches("\\d{1,3}") && Integer.parseInt(prefix) <= (isIpv4(address) ? 32 : 128);
    }

    private static boolean isAddress(String text) {
        try {
            return text.contains(":") ? InetAddress.ofLiteral(text).getHostAddress() != null : isIpv4(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isIpv4(String text) {
        try {
            return text.matches("\\d+\\.\\d+\\.\\d+\\.\\d+") && Inet4Address.ofLiteral(text).getAddress().length == 4;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
