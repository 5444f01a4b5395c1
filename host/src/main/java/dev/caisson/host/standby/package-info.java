/**
 * How many sandboxes wait ready for whom: the shelves of standbys by kind, how demand sets what each is to hold, and when one is
 * made or put away.
 *
 * <p>Comes in: what kinds are asked for, standbys that are ready or lost. Goes out: standbys to who claims them, orders to make
 * or retire some, to the {@code Maker} that the host is; this package knows nothing of what a standby is made of.
 *
 * <p>Always holds: a standby is given away once; taking one waits for nothing, not for another taker either; there are never
 * more, made and being made, than the bound over all kinds; none is kept of a kind that nobody can ask for any more.
 */
@NullMarked
package dev.caisson.host.standby;

import org.jspecify.annotations.NullMarked;
