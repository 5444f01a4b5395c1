package dev.caisson.host;

import dev.caisson.guest.Awakening;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Tells the agent of a restored sandbox that time has passed, and the key of its new run; and whether the same state may go on
 * more than once, as it does after a rollback ({@code docs/copies.md}).
 */
final class Awake implements Step {
    private final LinkKeys keys;
    private final InstantSource clock;
    private final RandomGenerator random = new SecureRandom();

    Awake(LinkKeys keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "wake its agent up";
    }

    @Override
    public void apply(Assembly assembly) {
        var entropy = new byte[Introduce.ENTROPY_BYTES];
        random.nextBytes(entropy);
        var journal = assembly.journal();
        var info = journal.info().inRun(journal.info().run() + 1, journal.info().engine());
        assembly.agent().awake(new Awakening(
                info.id().value(), info.templateId(), assembly.journal().saved().orElseThrow().freshDisk(), clock.instant(), entropy,
                keys.key(info.id(), info.run(), LinkKeys.FIRST),
                assembly.life().plus(Introduce.grace(assembly.wanted().onTimeout().orElse(info.lifecycle().onTimeout()))).toSeconds()));
        assembly.journal(journal.with(info).withLinkKey(LinkKeys.FIRST));
    }
}
