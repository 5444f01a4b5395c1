package dev.caisson.network;

import java.util.ArrayList;
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

    private record Chain(String family, String table, String name, boolean dropsByPolicy) {
        static Chain of(JsonNode node) {
            return new Chain(node.path("family").asString(""), node.path("table").asString(""), node.path("name").asString(""),
                    "drop".equals(node.path("policy").asString("")));
        }

        /** Names that could be mistaken for something else in a command are left alone. */
        boolean isPlain() {
            return PLAIN.matcher(table).matches() && PLAIN.matcher(name).matches();
        }

        @Override
        public String toString() {
            return family + " " + table + " " + name;
        }
    }

    /** Lets this installation's packets through every foreign chain that would drop them; does nothing where that is done. */
    void open() {
        var lines = new ArrayList<String>();
        for (var chain : forwardChains().toList()) {
            var rules = rulesOf(chain);
            if (rules.stream().noneMatch(this::isOurs) && (chain.dropsByPolicy() || rules.stream().anyMatch(ForeignFirewalls::dropsEverything))) {
                // Inserting puts the second line first.
                lines.add(rule(chain, "oifname " + plan.anyDevice() + " ct state established,related"));
                lines.add(rule(chain, "iifname " + plan.anyDevice()));
            }
        }
        Nft.apply(lines);
    }

    /** Takes away every rule that {@link #open} ever added. */
    void restore() {
        Nft.apply(forwardChains()
                .flatMap(chain -> rulesOf(chain).stream()
                        .filter(this::isOurs)
                        .map(rule -> "delete rule " + chain + " handle " + rule.path("handle").asLong()))
                .toList());
    }

    private String rule(Chain chain, String match) {
        return "insert rule " + chain + " " + match + " accept comment \"" + plan.name() + "\"";
    }

    private Stream<Chain> forwardChains() {
        return Stream.of("ip", "inet")
                .flatMap(family -> Nft.list("chain", "list", "chains", family).stream())
                .filter(chain -> "forward".equals(chain.path("hook").asString("")) && "filter".equals(chain.path("type").asString("")))
                .map(Chain::of)
                .filter(chain -> !chain.table().equals(plan.name()) && chain.isPlain());
    }

    private static List<JsonNode> rulesOf(Chain chain) {
        return Nft.list("rule", "list", "chain", chain.family(), chain.table(), chain.name());
    }

    private boolean isOurs(JsonNode rule) {
        return plan.name().equals(rule.path("comment").asString(""));
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
