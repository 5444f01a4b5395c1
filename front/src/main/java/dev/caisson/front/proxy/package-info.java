/**
 * The way from the public port to a service inside a sandbox: HTTP/1.1 straight to the slot's address or, for what listens on
 * the guest's loopback only, through the agent.
 *
 * <p>Comes in: an exchange and the port it is for. Goes out: the request as it came, but for what belongs to one connection
 * only, and the answer likewise, both streamed ({@code contract/rest-api.md} §9.4). Always holds: one connection per
 * request; nothing is buffered beyond one read; a service that dies in its answer is a cut answer to the client.
 */
@NullMarked
package dev.caisson.front.proxy;

import org.jspecify.annotations.NullMarked;
