/**
 * The host's end of the link to the agent that is PID 1 in every sandbox.
 *
 * <p>Comes in: the address of a slot and the run's link key. Goes out: processes, files, watches, connections to guest
 * ports, served guest ports, statistics; all as blocking calls, one operation at a time per TCP connection; a few ready
 * connections are kept between operations (the wire is {@code guest-agent/PROTOCOL.md}). Always holds: nothing the guest sends is trusted (bounded frames, bounded counts,
 * deadlines on everything but streams that are idle by nature); closing a handle closes its connection; closing the agent
 * closes them all and makes blocked calls fail at once.
 */
@NullMarked
package dev.caisson.guest;

import org.jspecify.annotations.NullMarked;
