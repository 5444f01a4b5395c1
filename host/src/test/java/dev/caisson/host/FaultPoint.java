package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.node.NodeException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** Makes one step go wrong, the first time it is reached. */
final class FaultPoint implements StepObserver {
    enum Moment { BEFORE, AFTER }

    enum Kind {
        /** The step fails. */
        FAIL,
        /** The server dies: the thread that runs the step goes no further, ever. */
        DIE
    }

    private final String step;
    private final Moment moment;
    private final Kind kind;
    private final AtomicBoolean armed = new AtomicBoolean(true);
    private final CountDownLatch hit = new CountDownLatch(1);

    FaultPoint(String step, Moment moment, Kind kind) {
        this.step = step;
        this.moment = moment;
        this.kind = kind;
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
        reached(name, Moment.BEFORE);
    }

    @Override
    public void after(SandboxId sandbox, String name) {
        reached(name, Moment.AFTER);
    }

    private void reached(String name, Moment now) {
        if (!name.equals(step) || now != moment || !armed.compareAndSet(true, false)) {
            return;
        }
        hit.countDown();
        if (kind == Kind.FAIL) {
            throw new NodeException(Category.INTERNAL, "fault at '" + step + "'");
        }
        // Not even an interrupt wakes it.
        new Semaphore(0).acquireUninterruptibly();
    }
}
