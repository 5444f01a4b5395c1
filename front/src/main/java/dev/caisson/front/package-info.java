/**
 * The public HTTP door: what a request is meant for, and the answers for sandboxes that cannot be reached.
 *
 * <p>Comes in: every request of the one port. Goes out: it, to the control plane, to a sandbox's envd or to a port inside a
 * sandbox ({@code contract/rest-api.md} §9, §14). Always holds: routing is per request, never per connection; a sandbox that
 * ended has no answer that looks complete; a connection made inside a sandbox ({@link dev.caisson.front.InnerDoor}) reaches that
 * sandbox's envd and nothing else.
 */
@NullMarked
package dev.caisson.front;

import org.jspecify.annotations.NullMarked;
