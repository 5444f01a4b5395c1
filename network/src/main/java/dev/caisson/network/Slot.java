package dev.caisson.network;

import java.net.Inet4Address;
import java.nio.file.Path;

/**
 * A prepared network namespace.
 *
 * @param number 1 and up, unique in this installation; names the namespace and its interfaces
 * @param namespace {@code /run/netns/<prefix>-<number>}
 * @param address where the server reaches the guest: a plain socket to this address arrives at {@code 169.254.0.21}
 */
public record Slot(int number, Path namespace, Inet4Address address) {}
