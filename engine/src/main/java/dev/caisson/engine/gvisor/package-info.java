/**
 * Sandboxes by gVisor: a kernel in user space, served by the host through a root file system that the host mounts.
 *
 * <p>Comes in: builds of {@code runsc} with its helper programs, and a {@link dev.caisson.engine.SandboxSpec}. Goes out: a
 * sandbox whose guest processes make no system call to the host's kernel. Always holds: {@code runsc} runs to start and to restore a
 * sandbox and at no other time (everything else is a message on the sandbox's control socket or a system call); a process
 * is signalled only while its identity is verified; an unmatched {@code Resume} is never sent, because it would end the sandbox:
 * whoever pauses one (a person, a saving, the guard of its memory) holds its lock from the pause to the resume or leaves it
 * marked as paused.
 *
 * <p>Memory is written by the sandbox's kernel itself, told so over its control socket with files to write to, beside its place and
 * then renamed ({@code MemoryImage}). It goes on by {@code create}, after which the control group's limit is raised (a full guest would not
 * fit below it together with its kernel), and {@code restore} of the tool of the build that saved it, with the specification that was saved.
 * What a sandbox wrote becomes a layer by mounting its disk read-only ({@code SharedLayers}).
 *
 * <p>A sandbox consists of: a folder {@code sandboxes/<id>} that is a small tmpfs (so what the sandbox logs is bounded) with
 * its OCI spec and mount points, a mounted disk image, an overlay of that and the layers, state files of {@code runsc}, one
 * control group {@code /<installation>/gvisor/<id>}, and the processes in that group.
 */
@NullMarked
package dev.caisson.engine.gvisor;

import org.jspecify.annotations.NullMarked;
