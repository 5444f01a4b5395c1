package dev.caisson.network;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Everything configured inside a slot's namespace, in a form that is equal for two namespaces prepared alike. A slot that
 * comes back is compared with a fresh one rather than with a list written here, which would differ between kernels.
 */
record NamespaceState(SortedSet<String> facts) {
    /** What to ask {@code ip -j -batch}, in the order that {@link #of} takes the answers. */
    static final List<String> QUESTIONS = List.of("addr show", "route show table all", "neigh show", "rule show");

    static NamespaceState of(List<JsonNode> answers) {
        var facts = new TreeSet<String>();
        answers.get(0).forEach(link -> addLink(link, facts));
        answers.get(1).valueStream().filter(NamespaceState::isConfigured).forEach(
                route -> facts.add(fact("route", route, "type", "dst", "gateway", "dev", "table", "scope", "prefsrc")));
        answers.get(2).forEach(neighbour -> facts.add(fact("neighbour", neighbour, "dst", "dev", "lladdr", "state")));
        answers.get(3).forEach(rule -> facts.add(fact("rule", rule, "priority", "src", "dst", "iif", "oif", "table")));
        return new NamespaceState(facts);
    }

    /** The kernel adds multicast routes by itself some time after the other end came up. */
    private static boolean isConfigured(JsonNode route) {
        return !"multicast".equals(route.path("type").asString(""));
    }

    /** Whether the link is up is left out: it follows the other end. */
    private static void addLink(JsonNode link, SortedSet<String> facts) {
        var name = link.path("ifname").asString("");
        facts.add(fact("link", link, "ifname", "link_type", "address", "mtu", "master"));
        link.path("addr_info").forEach(address -> facts.add(fact("address " + name, address, "local", "prefixlen", "scope")));
    }

    private static String fact(String kind, JsonNode node, String... fields) {
        var text = new StringBuilder(kind);
        for (var field : fields) {
            if (node.has(field)) {
                text.append(' ').append(field).append('=').append(node.get(field));
            }
        }
        return text.toString();
    }

    /** What of this is not as in {@code fresh}, for a person. */
    String differenceFrom(NamespaceState fresh) {
        var more = new TreeSet<>(facts);
        more.removeAll(fresh.facts);
        var missing = new TreeSet<>(fresh.facts);
        missing.removeAll(facts);
        return "unexpected " + more + ", missing " + missing;
    }
}
