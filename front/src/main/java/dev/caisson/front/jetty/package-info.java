/**
 * The HTTP engine behind {@link dev.caisson.http.Exchange}; the only package that knows Jetty.
 *
 * <p>Comes in: an address and a handler, and connections made inside sandboxes with theirs. Goes out: HTTP/1.1 and HTTP/2, in clear text and TLS, on one
 * port, every handler on a virtual thread of its own. Always holds: a message that is flushed is on its way; a client that leaves is noticed at once, also while nothing
 * is read or written; an answer that is cut off never looks complete; whatever the engine itself refuses is answered in
 * JSON.
 */
@NullMarked
package dev.caisson.front.jetty;

import org.jspecify.annotations.NullMarked;
