package dev.caisson.node;

/**
 * What was saved of a paused sandbox. Immutable.
 *
 * @param saved what there is to resume from; {@code NOTHING} for one that runs or whose pause is still under way
 * @param agentAnswered whether its agent still answered when it was paused; what was saved with a dead one is resumed from
 *     its files only ({@code contract/rest-api.md} §15.5)
 */
public record Pause(Saved saved, boolean agentAnswered) {
    public static final Pause NONE = new Pause(Saved.NOTHING, true);

    /** What was saved. */
    public enum Saved { NOTHING, MEMORY, FILES }
}
