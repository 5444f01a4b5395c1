/**
 * What isolates: the Engine SPI, the values it speaks in, and (in sub-packages) its implementations.
 *
 * <p>Comes in: a {@link dev.caisson.engine.SandboxSpec} whose layers, disk and network namespace exist. Goes out: a running
 * sandbox whose first process is the guest agent. Always holds: a failed start leaves nothing; {@code remove} always
 * succeeds and is idempotent; nothing of a sandbox depends on the server process that started it. No word of a particular
 * engine appears outside its own package.
 */
@NullMarked
package dev.caisson.engine;

import org.jspecify.annotations.NullMarked;
