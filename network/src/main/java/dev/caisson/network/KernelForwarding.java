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
 * <p>The record is an nftables table: it lives exactly as long as the switch, in the same namespace, and other installations
 * on the machine see it. Who finds another's record makes one as well, so that the last one to go puts the switch back.
 *
 * <p>The switch is for the whole machine, so each record drops what the machine would not have forwarded before: every
 * packet that neither comes from nor goes to a slot of some installation, which their link groups tell.
 */
final class KernelForwarding {
    private static final Path SWITCH = Path.of("/proc/sys/net/ipv4/ip_forward");
    static final String RECORD = "-found-forwarding-off";

    private final String record;

    KernelForwarding(SlotPlan plan) {
        record = plan.name() + RECORD;
    }

    /** Records what is found, then turns forwarding on. */
    void turnOn() {
        if (!isOn() || !records().isEmpty()) {
            Nft.apply(List.of(
                    "add table ip " + record,
                    "delete table ip " + record,
                    """
                    table ip %1$s {
                      chain forward {
                        type filter hook forward priority filter; policy drop;
                        iifgroup %2$s accept
                        oifgroup %2$s accept
                      }
                    }
                    """.formatted(record, SlotPlan.anyGroup())));
        }
        keepOn();
    }

    /** Turns forwarding on again if somebody turned it off. */
    void keepOn() {
        if (!isOn()) {
            write("1");
        }
    }

    /** Puts the switch back, unless another installation needs it still or it was on before. */
    void restore() {
        var records = new ArrayList<>(records());
        if (!records.remove(record)) {
            return;
        }
        if (records.isEmpty()) {
            turnOff();
        }
        Nft.apply(List.of("delete table ip " + record));
    }

    private static List<String> records() {
        return Nft.tables("ip").stream().filter(table -> table.endsWith(RECORD)).toList();
    }

    private static void turnOff() {
        if (isOn()) {
            write("0");
        }
    }

    private static boolean isOn() {
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
