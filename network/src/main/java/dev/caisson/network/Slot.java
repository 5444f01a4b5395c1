package dev.caisson.network;

import java.net.Inet4Address;
import java.nio.file.Path;

/**
 * A prepared network namespace, as handed to one tenant.
 *
 * @param number 1 and up, unique in this installation; names the namespace and its interfaces
 * @param namespace {@code /run/netns/<prefix>-<number>}
 * @param address where the server reaches the guest: a plain socket to this address arrives at {@code 169.254.0.21}
 * @param tenancy tells this tenant from the earlier and later ones of the same number, so that giving a slot back twice
 *     never takes it from the next tenant; unique in one run of the server, not stored
 */
public record Slot(int number, Path namespace, Inet4Address address, long tenancy) {}
