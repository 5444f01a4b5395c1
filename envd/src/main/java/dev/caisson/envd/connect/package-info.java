/**
 * The Connect protocol on the server's side: unary, server-streaming and client-streaming calls, JSON and protobuf.
 *
 * <p>Comes in: an {@link dev.caisson.http.Exchange} whose path names a method. Goes out: decoded messages to the method's
 * handler, and its answers or its {@link dev.caisson.envd.connect.ConnectFailure} in the form the client's content type asks
 * for ({@code contract/envd.md} §1.2-1.4). Always holds: every message is flushed as it is written; a stream that ends well or
 * with an error ends with an end-of-stream envelope, and one that breaks does not; answers are never compressed. Knows nothing
 * about sandboxes.
 */
@NullMarked
package dev.caisson.envd.connect;

import org.jspecify.annotations.NullMarked;
