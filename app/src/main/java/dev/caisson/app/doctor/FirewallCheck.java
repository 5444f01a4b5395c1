package dev.caisson.app.doctor;

import dev.caisson.linux.Command;
import java.util.ArrayList;
import java.util.List;

/** nftables, and other people's rules that forwarded packets must pass too. */
final class FirewallCheck implements Check {
    private final String ours;

    FirewallCheck(String ours) {
        this.ours = ours;
    }

    @Override
    public List<Finding> look() {
        if (Command.find("nft").isEmpty()) {
            return List.of(Finding.fail("nftables", "not installed", "sudo apt-get install -y nftables"));
        }
        var listed = Command.ofSystem("nft", "list", "ruleset").runAnyExit();
        if (listed.exitCode() != 0) {
            return List.of(Finding.warn("nftables", "could not look: " + listed.errors().strip(), "run this as root"));
        }
        var foreign = foreignDrops(listed.output(), ours);
        return List.of(foreign.isEmpty()
                ? Finding.ok("nftables", "works; no foreign firewall drops forwarded packets")
                : Finding.ok("nftables", "works; " + String.join(", ", foreign) + " drops forwarded packets: Caisson adds rules of its own there that accept its sandboxes'"));
    }

    /** This installation's own table, or one that any installation keeps while a machine forwards only because of it. */
    private static boolean isCaissons(String table, String ours) {
        return table.endsWith(" " + ours) || table.endsWith("-found-forwarding-off");
    }

    /** Chains of other tables on the forward hook whose policy is drop. */
    static List<String> foreignDrops(String ruleset, String ours) {
        var drops = new ArrayList<String>();
        var table = "";
        var chain = "";
        for (var line : ruleset.lines().map(String::strip).toList()) {
            if (line.startsWith("table ")) {
                table = line.replace(" {", "").substring("table ".length());
            } else if (line.startsWith("chain ")) {
                chain = line.replace(" {", "").substring("chain ".length());
            } else if (line.contains("hook forward") && line.contains("policy drop") && !isCaissons(table, ours)) {
                drops.add(table + " " + chain);
            }
        }
        return drops;
    }
}
