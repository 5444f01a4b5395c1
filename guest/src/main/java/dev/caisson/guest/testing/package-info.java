/**
 * A guest agent in memory, for tests of rooms that stand on the link.
 *
 * <p>Comes in: programs written in the test, files put into a map, ports with something behind them. Goes out: the same
 * answers and refusals as the real agent gives where those rooms depend on them. It imitates no kernel: owners, modes,
 * links and file limits do not exist here, and tests that are about those use the real agent.
 */
@NullMarked
package dev.caisson.guest.testing;

import org.jspecify.annotations.NullMarked;
