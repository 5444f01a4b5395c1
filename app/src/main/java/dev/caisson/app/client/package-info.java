/**
 * A small client of the server's public wire, for the command line.
 *
 * <p>Comes in: the server's address and an API key, from the environment or the installation's files. Goes out: JSON, and
 * the events of processes. Always holds: it uses nothing that an SDK could not use.
 */
@NullMarked
package dev.caisson.app.client;

import org.jspecify.annotations.NullMarked;
