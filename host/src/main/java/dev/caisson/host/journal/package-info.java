/**
 * What a host remembers on disk: one folder per sandbox with its journal, its writable disk beside it, the log of how sandboxes
 * ended, and the shelf for journals that could not be read.
 *
 * <p>Comes in: facts about a sandbox, at the moment they become true. Goes out: the same facts to a later server process.
 * Always holds: a journal is replaced as a whole (written aside, renamed), so it is whole or absent after the death of the
 * server at any instant; a journal that cannot be read stops nothing.
 *
 * <p>What is written of a running sandbox is not flushed to the disk. It does not outlive the machine, so its journal need not
 * survive a power cut: what the kernel had not written by then concerns sandboxes that are gone in any case, and their folders
 * (or, in the last seconds before the cut, not even those) are cleaned at the next start. What is written of a paused one, and
 * that it is about to run or to end, is flushed.
 */
@NullMarked
package dev.caisson.host.journal;

import org.jspecify.annotations.NullMarked;
