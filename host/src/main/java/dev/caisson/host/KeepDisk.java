package dev.caisson.host;

/** Keeps the copy of its disk as a layer, for as long as anything names it. */
final class KeepDisk implements SaveStep {
    @Override
    public String name() {
        return "keep the copy of its disk";
    }

    @Override
    public void apply(Save save) {
        var copy = save.anyCopy().orElseThrow();
        save.draft().pin(copy.name());
        var unused = copy.keep();
    }
}
