/**
 * Every sandbox on this machine: implements {@code node} over an engine, a slot pool, the image stores and the link.
 *
 * <p>Comes in: resolved create requests, kills, deadlines. Goes out: running sandboxes, a record of how each ended, and what
 * is remembered of it ({@code .history}).
 *
 * <p>A sandbox is built by an ordered list of {@code Step}s ({@code LifeSteps}): those that prepare it, which may be done before
 * anybody wants it ({@code StandbyMaking}, {@code .standby}), and those that claim it for somebody ({@code Creation}). Who may
 * start next is for {@code Turns} to say. What a step did stands on the sandbox's stack until the step's undo takes it away.
 * Whatever ends a sandbox (a kill, its deadline, the death of its engine, a failed start, a server that finds it half made)
 * runs the same undos in reverse ({@code Endings}); one that fails is tried again by the {@code Sweeper} and nothing beneath it is touched meanwhile. After a restart {@code Recovery} adopts what
 * still runs and undoes the rest.
 *
 * <p>A pause ({@code Pauses}) saves a sandbox in steps of its own, all or nothing, and then takes away what it ran as by the
 * undos of the steps that made it; a resume ({@code Resumes}) takes steps anew. What comes of a resume that fails, and of either
 * under a server that dies, is decided in {@code Rests} and {@code PausedRecovery}.
 *
 * <p>A sandbox that goes on is saved in {@code SaveStep}s ({@code LiveSaves}; what is kept is {@code .snapshot}'s). Another one
 * goes on from there by steps of its own ({@code LifeSteps}: {@code prepareCopy}, {@code claimCopy}), for a snapshot as for a fork
 * ({@code Forks}). A rollback ({@code Rollbacks}) is a pause at a checkpoint and a resume.
 *
 * <p>Always holds: a failed create leaves nothing; kill succeeds in every state; a sandbox that cannot be paused goes on, one
 * that cannot be resumed stays paused; memory is never restored over a disk that has changed since; the slot of a sandbox is
 * not given to another before the engine has removed the first; a sandbox that clients were told of is in its journal; nothing
 * here needs the server process to stay alive.
 */
@NullMarked
package dev.caisson.host;

import org.jspecify.annotations.NullMarked;
