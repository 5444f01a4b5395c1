package dev.caisson.envd;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.guest.ProcessInfo;
import dev.caisson.guest.ProcessSelector.ByPid;
import dev.caisson.node.Node;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a process whose deadline has passed, whether or not a client still listens ({@code contract/envd.md} §2.3.9). Does its
 * work once; a second caller waits until the first is done. Where the sandbox is not to be reached, since it is being paused, it was
 * not done: its time did not pass.
 */
final class DeadlineKill implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(DeadlineKill.class);
    private static final int SIGKILL = 9;

    private final Node node;
    private final SandboxId sandbox;
    private final ProcessInfo process;
    private final Runnable beforeKill;
    private boolean done;
    private Runnable whenDone = () -> {};

    /** @param beforeKill runs when it is still there to be killed */
    DeadlineKill(Node node, SandboxId sandbox, ProcessInfo process, Runnable beforeKill) {
        this.node = node;
        this.sandbox = sandbox;
        this.process = process;
        this.beforeKill = beforeKill;
    }

    /** What is to be done once there is nothing to kill any more; at once if that is so already. */
    synchronized void whenDone(Runnable action) {
        whenDone = action;
        if (done) {
            action.run();
        }
    }

    /** Runs it on a virtual thread of its own, because the timer's thread must not block. */
    void start() {
        Thread.ofVirtual().name("envd-deadline-" + sandbox + "-" + process.pid()).start(this);
    }

    @Override
    public synchronized void run() {
        if (done) {
            return;
        }
        done = true;
        try {
            kill();
        } catch (CaissonException e) {
            done = e.category() != Category.NOT_FOUND;
            if (e.category() != Category.NOT_FOUND && e.category() != Category.CONFLICT) {
                LOG.warn("could not end process {} of {} at its deadline: {}", process.pid(), sandbox, e.getMessage());
            }
        }
        if (done) {
            whenDone.run();
        }
    }

    /** The request is compared because another process may have got the number since. */
    private void kill() {
        var agent = node.agent(sandbox);
        if (agent.processes().contains(process)) {
            beforeKill.run();
            agent.signal(new ByPid(process.pid()), SIGKILL);
        }
    }
}
