package dev.caisson.host;

import dev.caisson.guest.Awakening;
import dev.caisson.guest.Identity;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Tells the agent of a copy that it is another sandbox now, and its key. What the request wants in the environment comes on
 * top of what the saved sandbox had.
 */
final class AwakeCopy implements Step {
    private final LinkKeys keys;
    private final InstantSource clock;
    private final RandomGenerator random = new SecureRandom();

    AwakeCopy(LinkKeys keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "tell a copy who it is";
    }

    @Override
    public void apply(Assembly assembly) {
        var info = assembly.journal().info();
        var rotation = assembly.journal().linkKey() + 1;
        assembly.agent().awake(new Awakening(
                info.id().value(), info.templateId(), true, clock.instant(), Introduce.entropy(random),
                keys.key(info.id(), info.run(), rotation), life(assembly).toSeconds()));
        assembly.journal(assembly.journal().withLinkKey(rotation));
        if (!assembly.order().request().environment().isEmpty()) {
            introduce(assembly);
        }
    }

    private void introduce(Assembly assembly) {
        var journal = assembly.journal();
        var info = journal.info();
        var rotation = journal.linkKey() + 1;
        assembly.agent().init(new Identity(
                info.id().value(), info.templateId(), Introduce.HOSTNAME, journal.guest().user(), journal.guest().workdir(),
                journal.guest().environment(), clock.instant(), Introduce.entropy(random),
                keys.key(info.id(), info.run(), rotation), life(assembly).toSeconds()));
        assembly.journal(journal.withLinkKey(rotation));
    }

    private static Duration life(Assembly assembly) {
        return assembly.order().request().timeout().plus(Introduce.grace(assembly.journal().atDeadline()));
    }
}
