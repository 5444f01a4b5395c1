/**
 * The machine's door: the only place that starts child processes and calls native functions.
 *
 * <p>Comes in: absolute paths and argument lists, never a shell line. Goes out: results with bounded output, process
 * identities that survive the reuse of a pid, mounts, control groups. Always holds: a child gets a clean environment,
 * no inherited descriptors and a deadline; blocking native calls run on platform threads of this module, never on the
 * caller's virtual thread.
 */
@NullMarked
package dev.caisson.linux;

import org.jspecify.annotations.NullMarked;
