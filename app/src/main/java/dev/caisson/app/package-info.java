/**
 * The program: {@code Main} hands the command line to {@code cli}; {@link dev.caisson.app.Server} builds the object graph by
 * hand, starts it, and closes it in reverse.
 *
 * <p>Comes in: arguments and the installation's settings. Goes out: exit codes and text for people. Always holds: the server
 * can be killed at any moment; what it needs to go on is in the installation's folders.
 */
@NullMarked
package dev.caisson.app;

import org.jspecify.annotations.NullMarked;
