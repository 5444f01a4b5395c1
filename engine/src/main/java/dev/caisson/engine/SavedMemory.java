package dev.caisson.engine;

import java.nio.file.Path;

/**
 * What {@link EngineSandbox#saveMemory} left.
 *
 * @param folder all of it; read only
 * @param build {@link EngineInfo#build()} of the sandbox that was saved: no other can restore it
 */
public record SavedMemory(Path folder, String build) {}
