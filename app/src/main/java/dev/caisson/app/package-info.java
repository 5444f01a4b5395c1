/**
 * Where the program begins: {@code Main} hands the command line to {@code cli}, which leads on to {@code server} (what runs),
 * {@code setup} (what makes a machine ready), {@code doctor} (what explains it), {@code client} (a small client of the wire) and {@code tls} (certificates).
 *
 * <p>Comes in: arguments. Goes out: an exit code. Always holds: ways lead down only, from {@code cli} over {@code doctor} and
 * {@code setup} to {@code server} and {@code client}, and from {@code server} to {@code tls}.
 */
@NullMarked
package dev.caisson.app;

import org.jspecify.annotations.NullMarked;
