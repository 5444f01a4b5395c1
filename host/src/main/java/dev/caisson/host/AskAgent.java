package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.guest.GuestException;
import dev.caisson.node.NodeException;
import java.time.Duration;

/**
 * Sees whether the agent answers, and tells it not to end the guest's work for want of a host: what it has saved of that
 * deadline would have passed when it wakes up. While the sandbox goes on, the {@link Watchdog} says the right one again. Memory with
 * an agent in it from a Caisson that could not wake one up is not saved: it would never come to run.
 */
final class AskAgent implements Step {
    private static final Duration FOR_EVER = Duration.ZERO;

    /** As many as the {@link Watchdog} asks before an agent counts as dead: memory with a dead agent is not resumed. */
    private static final int QUESTIONS = 2;

    private final Duration patience;

    AskAgent(Duration patience) {
        this.patience = patience;
    }

    @Override
    public String name() {
        return "ask whether its agent answers";
    }

    @Override
    public void apply(Assembly assembly) {
        var answers = answers(assembly);
        assembly.agentAnswers(answers);
        if (!answers && assembly.saving().agentMustAnswer()) {
            throw new NodeException(
                    Category.UNAVAILABLE, "its agent did not answer, asked " + QUESTIONS + " times for " + patience.toMillis() + " ms, and was to; it goes on");
        }
        requireThatItCanWakeUp(assembly);
    }

    private static void requireThatItCanWakeUp(Assembly assembly) {
        var info = assembly.agent().info();
        if (assembly.saving().savesMemory() && !info.capabilities().contains("awake")) {
            throw new NodeException(
                    Category.UNSUPPORTED,
                    "its agent, version " + info.version() + ", is from a Caisson before this one and could not be woken up with its"
                            + " memory; its files can be kept; it goes on");
        }
    }

    private boolean answers(Assembly assembly) {
        // Who has it asks the same agent, for a bounded time, which is not this agent's failing.
        try {
            assembly.words().lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NodeException(Category.UNAVAILABLE, "it was interrupted", e);
        }
        try {
            for (var question = 1; question <= QUESTIONS; question++) {
                if (answersOnce(assembly)) {
                    return true;
                }
            }
            return false;
        } finally {
            assembly.words().unlock();
        }
    }

    private boolean answersOnce(Assembly assembly) {
        try {
            assembly.agent().keepAlive(FOR_EVER, patience);
            return true;
        } catch (GuestException e) {
            return false;
        }
    }
}
