package dev.caisson.host;

/** Refuses to save memory for which the disk has no room, before the sandbox stands still. */
final class CheckRoom implements Step {
    private final DiskRoom room;
    private final long spareBytes;

    /** @param spareBytes that are to be left over */
    CheckRoom(DiskRoom room, long spareBytes) {
        this.room = room;
        this.spareBytes = spareBytes;
    }

    @Override
    public String name() {
        return "see whether its memory has room";
    }

    @Override
    public void apply(Assembly assembly) {
        if (assembly.saving().savesMemory()) {
            room.require(assembly.engine().usage().memoryBytes() + spareBytes, "its memory");
        }
    }
}
