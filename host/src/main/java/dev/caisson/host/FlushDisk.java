package dev.caisson.host;

/** Brings everything that the guest has written onto the disk. */
final class FlushDisk implements Step {
    @Override
    public String name() {
        return "flush its disk";
    }

    @Override
    public void apply(Assembly assembly) {
        assembly.engine().flushDisk();
    }
}
