/**
 * Makes a machine ready, and undoes it again.
 *
 * <p>Comes in: an installation and the built program. Goes out: system packages, the engine's build, layers, the {@code base}
 * template, kernel settings. Always holds: every step does only what is missing, can be repeated at any time, and either happens or leaves things as they were; what it changes
 * on the machine is recorded so that {@code down --all} can change it back.
 */
@NullMarked
package dev.caisson.app.setup;

import org.jspecify.annotations.NullMarked;
