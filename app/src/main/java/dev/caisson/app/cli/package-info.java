/**
 * The commands of {@code caisson}, one class each.
 *
 * <p>Comes in: the command line. Goes out: text or JSON on standard output, explanations on standard error, an exit code.
 * Always holds: exit code 0 means that it happened; 1 that it did not, with the reason on standard error; 2 that the command
 * line was wrong; {@code run} and {@code exec} give the command's own code.
 */
@NullMarked
package dev.caisson.app.cli;

import org.jspecify.annotations.NullMarked;
