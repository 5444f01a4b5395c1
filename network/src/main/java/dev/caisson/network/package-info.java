/**
 * Slots: network namespaces prepared before they are needed, and the rules between them and everything else.
 *
 * <p>Comes in: an address range and a name prefix of this installation. Goes out: {@link dev.caisson.network.Slot}s whose
 * guests all see the same network (address {@code 169.254.0.21/30}, gateway {@code .22}, MAC {@code 02:fc:00:00:00:05}),
 * each reachable from the server at an address of its own. Always holds: a recycled slot carries nothing of its last
 * tenant; a guest reaches the internet and neither the host, private networks nor another guest; only root's processes on
 * this machine reach a slot; everything made here is removed by {@link dev.caisson.network.SlotPool#dismantle}.
 */
@NullMarked
package dev.caisson.network;

import org.jspecify.annotations.NullMarked;
