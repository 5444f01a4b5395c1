package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.node.NodeException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Makes one step go wrong, the first time it is reached. */
final class FaultPoint implements StepObserver {
    enum Moment { BEFORE, AFTER }

    enum Kind {
        /** The step fails. */
        FAIL,
        /** The server dies: the thread that runs the step goes no further, ever. */
        DIE,
        /** The sandbox's engine ends just then, if it has one. */
        LOSE_ENGINE
    }

    private final String step;
    private final Moment moment;
    private final Kind kind;
    private final Consumer<SandboxId> loseEngine;
    private final AtomicBoolean armed = new AtomicBoolean(true);
    private final CountDownLatch hit = new CountDownLatch(1);

    FaultPoint(String step, Moment moment, Kind kind) {
        this(step, moment, kind, sandbox -> {});
    }

    /** @param loseEngine ends the engine of a sandbox */
    FaultPoint(String step, Moment moment, Kind kind, Consumer<SandboxId> loseEngine) {
        this.step = step;
        this.moment = moment;
        this.kind = kind;
        this.loseEngine = loseEngine;
    }

    boolean wasHit() {
        return hit.getCount() == 0;
    }

    Kind kind() {
        return kind;
    }

    /** Whether it was hit and meant the death of the server. */
    boolean killedTheServer() {
        return wasHit() && kind == Kind.DIE;
    }

    @Override
    public void before(SandboxId sandbox, String name) {
        reached(sandbox, name, Moment.BEFORE);
    }

    @Override
    public void after(SandboxId sandbox, String name) {
        reached(sandbox, name, Moment.AFTER);
    }

    private void reached(SandboxId sandbox, String name, Moment now) {
        if (!name.equals(step) || now != moment || !armed.compareAndSet(true, false)) {
            return;
        }
        hit.countDown();
        switch (kind) {
            case FAIL -> throw new NodeException(Category.INTERNAL, "fault at '" + step + "'");
            // Not even an interrupt wakes it.
            case DIE -> new Semaphore(0).acquireUninterruptibly();
            case LOSE_ENGINE -> loseEngine.accept(sandbox);
        }
    }
}
