/**
 * The exchange that handlers see, so that no handler knows which HTTP engine carries it.
 *
 * <p>Comes in: one request, read blocking on a virtual thread. Goes out: one answer, streamed. Always holds: bodies are
 * never buffered whole unless a handler asks for it with a limit; an error that escapes a handler becomes the JSON answer
 * of its category; once the head is sent, a failure cuts the connection instead of ending the body cleanly.
 */
@NullMarked
package dev.caisson.http;

import org.jspecify.annotations.NullMarked;
