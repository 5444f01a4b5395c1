package dev.caisson.engine;

import dev.caisson.linux.ProcessIdentity;

/**
 * What a journal keeps to find a running sandbox again after the server restarted.
 *
 * @param engine {@link EngineInfo#name()}
 * @param build {@link EngineInfo#build()} of the build that started it
 * @param id the sandbox's id
 * @param bootId the host's {@code /proc/sys/kernel/random/boot_id} when it started: after a reboot nothing can be found
 * @param process the sandbox's main process on the host
 */
public record EngineHandle(String engine, String build, String id, String bootId, ProcessIdentity process) {}
