package dev.caisson.node;

/**
 * How to pause.
 *
 * @param memory whether processes go on after the resume; otherwise only files are kept
 * @param agentMustAnswer refuse ({@code UNAVAILABLE}, and the sandbox goes on) if the agent is dead; always so without memory
 */
public record PauseRequest(boolean memory, boolean agentMustAnswer) {
    public static final PauseRequest USUAL = new PauseRequest(true, false);
}
