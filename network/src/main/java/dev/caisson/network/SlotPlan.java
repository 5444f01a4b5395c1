package dev.caisson.network;

import dev.caisson.base.Installation;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** How the slots of one installation are named and addressed; every name made on the machine comes from here. */
record SlotPlan(String name, String addresses) {
    /** The last two /24 of the range are not slots: {@code .255.254} is the host's end of every link. */
    static final int HIGHEST = 254 * 256 - 1;

    private static final Path NAMESPACES = Path.of("/run/netns");
    private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,4}");

    static SlotPlan of(Installation installation) {
        return new SlotPlan(installation.name(), installation.addresses());
    }

    static Path namespaceFolder() {
        return NAMESPACES;
    }

    /** Name of the namespace and of the host's end of its veth pair. */
    String device(int number) {
        return name + "-" + number;
    }

    /** What matches every {@link #device} in nftables. */
    String anyDevice() {
        return "\"" + name + "-*\"";
    }

    Path namespace(int number) {
        return NAMESPACES.resolve(device(number));
    }

    String address(int number) {
        return addresses + "." + number / 256 + "." + number % 256;
    }

    /** The address as a number in network order. */
    int numericAddress(int number) {
        return networkNumber() << 16 | number;
    }

    /** Whether an address, as a number in network order, is a slot's or the host's end. */
    boolean isInRange(int address) {
        return address >>> 16 == networkNumber();
    }

    private int networkNumber() {
        var parts = addresses.split("\\.", -1);
        return Integer.parseInt(parts[0]) * 256 + Integer.parseInt(parts[1]);
    }

    /** The host's end of every link; guests see it as their gateway. */
    String hostAddress() {
        return addresses + ".255.254";
    }

    String range() {
        return addresses + ".0.0/16";
    }

    /** Link group of all host ends: one command removes them together. */
    int group() {
        return 0x0ca1_0000 + networkNumber();
    }

    /** What matches the link groups, as nftables has it, of every installation's host ends, {@link #doomedGroup} included. */
    static String anyGroup() {
        return "0x0ca10000-0x0ca2ffff";
    }

    /** Link group of host ends about to be removed. */
    int doomedGroup() {
        return group() + 0x1_0000;
    }

    /** The slot that {@code device} belongs to, if it is one of this installation. */
    OptionalInt numberOf(String device) {
        if (!device.startsWith(name + "-")) {
            return OptionalInt.empty();
        }
        var number = device.substring(name.length() + 1);
        return NUMBER.matcher(number).matches() ? OptionalInt.of(Integer.parseInt(number)) : OptionalInt.empty();
    }

    Slot slot(int number, long tenancy) {
        try {
            return new Slot(number, namespace(number), (Inet4Address) InetAddress.getByName(address(number)), tenancy);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("not an address: " + address(number), e);
        }
    }
}
