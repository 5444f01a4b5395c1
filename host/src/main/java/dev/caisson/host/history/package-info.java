/**
 * What is remembered of sandboxes, also after their end: what they used, and what happened to them and in them.
 *
 * <p>Comes in: running sandboxes to look at, lines of their logs. Goes out: {@code UsageHistory} and {@code SandboxLogs}.
 *
 * <p>Layout: {@code <data>/history/<owner>/team} and {@code <data>/history/<owner>/<sandbox>/{usage,log}}, each with an older
 * half beside it ({@code .1}). Samples are records of a fixed size with a checksum, logs are lines of JSON; what is torn or
 * damaged is skipped, and nothing is ever flushed.
 *
 * <p>Always holds: no guest is woken; neither a full disk nor a chatty guest harms a sandbox, a request or the server: what
 * cannot be kept is dropped. Every file, queue and the whole folder is bounded ({@code HistoryConfig}).
 */
@NullMarked
package dev.caisson.host.history;

import org.jspecify.annotations.NullMarked;
