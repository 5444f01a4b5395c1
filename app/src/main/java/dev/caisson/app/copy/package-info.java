/**
 * Copies files and folders between this machine and a sandbox, for {@code caisson cp}.
 *
 * <p>Comes in: two {@link dev.caisson.app.copy.Place}s. Goes out: the files, and the names of what could not be copied. Always
 * holds: contents are streamed; permissions are kept as far as users have them (no set-user bits, no owners); links stay links,
 * and what a sandbox says about its files never makes this machine write outside the folder that was asked for.
 */
@NullMarked
package dev.caisson.app.copy;

import org.jspecify.annotations.NullMarked;
