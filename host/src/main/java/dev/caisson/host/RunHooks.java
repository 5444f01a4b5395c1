package dev.caisson.host;

import dev.caisson.guest.GuestException;
import dev.caisson.guest.HookMoment;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the guest's own programs know of what is about to happen or has happened. Never fails; takes a bounded time. */
final class RunHooks implements Step {
    private static final Logger LOG = LoggerFactory.getLogger(RunHooks.class);

    private final HookMoment moment;
    private final Duration deadline;

    RunHooks(HookMoment moment, Duration deadline) {
        this.moment = moment;
        this.deadline = deadline;
    }

    @Override
    public String name() {
        return "run its hooks " + moment.folder();
    }

    @Override
    public void apply(Assembly assembly) {
        if (!assembly.agentAnswers()) {
            return;
        }
        try {
            assembly.agent().runHooks(moment, deadline).stream().filter(hook -> hook.status() != 0).forEach(hook -> LOG.info(
                    "hook {} of sandbox {}, {}, ended with {}{}", hook.name(), assembly.id(), moment.folder(), hook.status(),
                    hook.timedOut() ? ": its time was up" : ""));
        } catch (GuestException e) {
            LOG.info("the hooks {} of sandbox {} were not run: {}", moment.folder(), assembly.id(), e.getMessage());
        }
    }
}
