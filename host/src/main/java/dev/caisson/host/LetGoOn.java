package dev.caisson.host;

/** Lets it go on; the save needs it no more. */
final class LetGoOn implements SaveStep {
    @Override
    public String name() {
        return "let it run on";
    }

    @Override
    public void apply(Save save) {
        LettingGoOn.letGoOn(save.engine(), save.agent());
    }
}
