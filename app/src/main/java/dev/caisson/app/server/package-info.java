/**
 * The running server and what is known of it on disk: {@link dev.caisson.app.server.Server} builds the object graph by hand,
 * starts it, and closes it in reverse.
 *
 * <p>Comes in: the installation's settings and what set-up provided. Goes out: a listening server, its record in the run folder,
 * its key and address for the commands. Always holds: the server can be killed at any moment; what it needs to go on is in the
 * installation's folders; one server at a time has an installation.
 */
@NullMarked
package dev.caisson.app.server;

import org.jspecify.annotations.NullMarked;
