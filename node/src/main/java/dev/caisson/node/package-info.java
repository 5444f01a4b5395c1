/**
 * The seam between one machine and the rest: interfaces and records only. {@code host} implements it for the local machine.
 *
 * <p>Comes in: resolved requests (template, owner, deadline). Goes out: what a sandbox is and was, and ways to reach into
 * it. Always holds: every call either happens or leaves the state as it was; a sandbox that this node does not have is
 * {@code NOT_FOUND}, whatever the reason.
 */
@NullMarked
package dev.caisson.node;

import org.jspecify.annotations.NullMarked;
