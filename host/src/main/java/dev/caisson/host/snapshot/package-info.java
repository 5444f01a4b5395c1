/**
 * States of sandboxes on the disk, from which sandboxes go on: what snapshots and checkpoints are made of.
 *
 * <p>Comes in: a folder of memory that the engine saved, frozen disks, a manifest that says whose they are. Goes out: the
 * same, as long as somebody holds it.
 *
 * <p>Layout: {@code <data>/snapshots/<id>/manifest.json} and {@code memory/} beside it. The manifest names the layers,
 * frozen disks among them, which lie elsewhere because several states and sandboxes share them.
 *
 * <p>Always holds: a state is complete or absent (written aside, checksummed, flushed, renamed as a whole); one that is used
 * stays on the disk until it is not; a frozen disk stays while a manifest, a sandbox's journal or work in progress names it,
 * and no longer; what is damaged is put aside, never believed.
 */
@NullMarked
package dev.caisson.host.snapshot;

import org.jspecify.annotations.NullMarked;
