package dev.caisson.engine;

import dev.caisson.base.Isolation;

/**
 * What an engine is.
 *
 * @param name stable identifier used in journals and requests: {@code gvisor}, later {@code qemu}, {@code firecracker}
 * @param build the exact build; a memory snapshot can be restored by the same build only
 * @param strength how strong that is
 * @param isolation what stands between guest code and the host's kernel, in a few words for people
 */
public record EngineInfo(String name, String build, Isolation strength, String isolation) {}
