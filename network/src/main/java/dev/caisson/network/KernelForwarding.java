package dev.caisson.network;

import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The kernel's switch {@code net.ipv4.ip_forward}, and what it was before.
 *
 * <p>The record is an empty chain in the installation's own table: it lives exactly as long as the switch, in the same
 * namespace, and other installations on the machine see it. Who finds another's record takes it over, so that the last
 * one to go puts the switch back.
 */
final class KernelForwarding {
    private static final Path SWITCH = Path.of("/proc/sys/net/ipv4/ip_forward");
    private static final String RECORD = "found-ip-forward-off";

    private final SlotPlan plan;

    KernelForwarding(SlotPlan plan) {
        this.plan = plan;
    }

    /** The line that records an "off" found on this machine, to go into the transaction that makes the table; may be none. */
    List<String> record() {
        var found = tablesWithRecord();
        return found.isEmpty() && isOn() ? List.of() : List.of("add chain inet " + plan.name() + " " + RECORD);
    }

    /** Turns forwarding on; to be called when the record is in place. */
    void turnOn() {
        if (!isOn()) {
            write("1");
        }
    }

    /** Whether the switch has to go off when this installation's table goes. */
    boolean mustGoOff() {
        var found = tablesWithRecord();
        return found.remove(plan.name()) && found.isEmpty();
    }

    void turnOff() {
        if (isOn()) {
            write("0");
        }
    }

    private static List<String> tablesWithRecord() {
        var tables = new ArrayList<String>();
        Nft.list("chain", "list", "chains", "inet").stream()
                .filter(chain -> RECORD.equals(chain.path("name").asString("")))
                .forEach(chain -> tables.add(chain.path("table").asString("")));
        return tables;
    }

    static boolean isOn() {
        try {
            return "1".equals(Files.readString(SWITCH).strip());
        } catch (IOException e) {
            throw new NetworkException(Category.INTERNAL, "could not read net.ipv4.ip_forward: " + e.getMessage(), e);
        }
    }

    private static void write(String value) {
        try {
            Files.writeString(SWITCH, value);
        } catch (IOException e) {
            throw new NetworkException(Category.INTERNAL, "could not set net.ipv4.ip_forward to " + value + ": " + e.getMessage(), e);
        }
    }
}
