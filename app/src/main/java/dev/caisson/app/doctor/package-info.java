/**
 * Tells what a machine offers and lacks for Caisson, and the exact command that mends each lack.
 *
 * <p>Comes in: an installation, set up or not. Goes out: findings. Always holds: looking changes nothing, needs no network,
 * and every finding that is not fine says what to do.
 */
@NullMarked
package dev.caisson.app.doctor;

import org.jspecify.annotations.NullMarked;
