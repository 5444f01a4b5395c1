package dev.caisson.network;

import static java.util.stream.Collectors.groupingBy;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Forwarding rules of others that close by default, as Docker, ufw and firewalld set up. A packet passes only if every table
 * lets it through, so each such chain gets two rules at its head that let this installation's devices pass; what guests may
 * reach is still decided by this installation's own table. The rules carry its name as their comment.
 */
final class ForeignFirewalls {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    /** How nft shows the refusals of rules that were made with iptables. */
    private static final Set<String> REFUSING_TARGETS = Set.of("REJECT", "DROP");

    private final SlotPlan plan;

    ForeignFirewalls(SlotPlan plan) {
        this.plan = plan;
    }

    /** A chain that sees forwarded packets, with its rules. */
    private record Chain(String family, String table, String name, boolean dropsByPolicy, List<JsonNode> rules) {
        boolean closes() {
            return dropsByPolicy || rules.stream().anyMatch(ForeignFirewalls::dropsEverything);
        }

        @Override
        public String toString() {
            return family + " " + table + " " + name;
        }
    }

    /** Lets this installation's packets through every foreign chain that would drop them; does nothing where that is done. */
    void open() {
        Nft.apply(forwardChains().stream()
                .filter(chain -> chain.closes() && chain.rules().stream().noneMatch(this::isOurs))
                .flatMap(chain -> Stream.of(
                        // Inserting puts the second line first.
                        rule(chain, "oifname " + plan.anyDevice() + " ct state established,related"),
                        rule(chain, "iifname " + plan.anyDevice())))
                .toList());
    }

    /** Takes away every rule that {@link #open} ever added. */
    void restore() {
        Nft.apply(forwardChains().stream()
                .flatMap(chain -> chain.rules().stream()
                        .filter(this::isOurs)
                        .map(rule -> "delete rule " + chain + " handle " + rule.path("handle").asLong()))
                .toList());
    }

    private String rule(Chain chain, String match) {
        return "insert rule " + chain + " " + match + " accept comment \"" + plan.name() + "\"";
    }

    private List<Chain> forwardChains() {
        var objects = Stream.of("ip", "inet")
                .flatMap(family -> Nft.tables(family).stream().filter(this::isForeign).flatMap(table -> contents(family, table).stream()))
                .toList();
        var rules = objects.stream().map(object -> object.path("rule")).collect(groupingBy(rule -> place(rule, "chain")));
        return objects.stream()
                .map(object -> object.path("chain"))
                .filter(chain -> "forward".equals(text(chain, "hook")) && "filter".equals(text(chain, "type")))
                .filter(chain -> PLAIN.matcher(text(chain, "name")).matches())
                .map(chain -> new Chain(text(chain, "family"), text(chain, "table"), text(chain, "name"), "drop".equals(text(chain, "policy")),
                        rules.getOrDefault(place(chain, "name"), List.of())))
                .toList();
    }

    private static List<JsonNode> contents(String family, String table) {
        try {
            return Nft.list("table", family, table);
        } catch (NetworkException e) {
            if (Nft.tables(family).contains(table)) {
                throw e;
            }
            // Its owner removed it since it was listed: it closes nothing.
            return List.of();
        }
    }

    private static List<String> place(JsonNode object, String chain) {
        return List.of(text(object, "family"), text(object, "table"), text(object, chain));
    }

    private static String text(JsonNode object, String field) {
        return object.path(field).asString("");
    }

    /** Names that could be mistaken for something else in a command are left alone. */
    private boolean isForeign(String table) {
        return !table.equals(plan.name()) && !table.endsWith(KernelForwarding.RECORD) && PLAIN.matcher(table).matches();
    }

    private boolean isOurs(JsonNode rule) {
        return plan.name().equals(text(rule, "comment"));
    }

    /** A rule that matches every packet and ends in a refusal, as firewalld has at the end of its chain. */
    private static boolean dropsEverything(JsonNode rule) {
        var parts = rule.path("expr").valueStream().toList();
        return parts.stream().anyMatch(ForeignFirewalls::isRefusal)
                && parts.stream().allMatch(part -> isRefusal(part) || part.has("counter") || part.has("log"));
    }

    private static boolean isRefusal(JsonNode part) {
        return part.has("drop") || part.has("reject") || REFUSING_TARGETS.contains(part.path("xt").path("name").asString(""));
    }
}
