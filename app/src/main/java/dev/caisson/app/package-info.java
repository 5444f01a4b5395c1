/**
 * Where the program begins: {@code Main} hands the command line to {@code cli}, which leads on to {@code server} (what runs),
 * {@code setup} (what makes a machine ready), {@code doctor} (what explains it), {@code client} (a small client of the wire),
 * {@code copy} (files both ways) and {@code tls} (certificates).
 *
 * <p>Comes in: arguments. Goes out: an exit code. Always holds: ways lead down only. {@code cli} uses all; {@code doctor} uses
 * {@code setup}, {@code server} and {@code tls}; {@code setup} uses {@code server}; {@code server} uses {@code client} and
 * {@code tls}; {@code copy} uses {@code client}.
 */
@NullMarked
package dev.caisson.app;

import org.jspecify.annotations.NullMarked;
