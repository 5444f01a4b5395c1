package dev.caisson.host;

import dev.caisson.guest.Identity;
import dev.caisson.node.Lifecycle;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** Tells the agent who it is, and the key that replaces the one it was started with. */
final class Introduce implements Step {
    /** What every guest is called ({@code contract/envd.md}, and the same everywhere so that a snapshot restores anywhere). */
    static final String HOSTNAME = "e2b.local";

    /** A server that is down for longer than this and a sandbox's life is not coming back: the guest ends its own work. */
    static final Duration GRACE = Duration.ofMinutes(5);

    /** The same for a sandbox that is to be paused when its time is up: what it works on is to be kept. */
    static final Duration GRACE_BEFORE_PAUSE = Duration.ofDays(1);
    static final int ENTROPY_BYTES = 64;

    private final LinkKeys keys;
    private final InstantSource clock;
    private final RandomGenerator random = new SecureRandom();

    Introduce(LinkKeys keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /** How long the guest goes on without a word of a host after its deadline. */
    static Duration grace(Lifecycle.OnTimeout atDeadline) {
        return switch (atDeadline) {
            case KILL -> GRACE;
            case PAUSE, PAUSE_FILES -> GRACE_BEFORE_PAUSE;
        };
    }

    @Override
    public String name() {
        return "introduce it to itself";
    }

    @Override
    public void apply(Assembly assembly) {
        var journal = assembly.journal();
        var rotation = LinkKeys.FIRST;
        assembly.agent().init(new Identity(
                assembly.id().value(),
                journal.info().templateId(),
                HOSTNAME,
                journal.guest().user(),
                journal.guest().workdir(),
                journal.guest().environment(),
                clock.instant(),
                entropy(random),
                keys.key(assembly.id(), journal.info().run(), rotation),
                assembly.life().plus(grace(journal.atDeadline())).toSeconds()));
        assembly.journal(journal.withLinkKey(rotation));
    }

    static byte[] entropy(RandomGenerator random) {
        var entropy = new byte[ENTROPY_BYTES];
        random.nextBytes(entropy);
        return entropy;
    }
}
