package dev.caisson.control;

import dev.caisson.base.Category;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Teams and their API keys. Safe for use by many threads.
 *
 * <p>Known keys are remembered so that a request costs no query; revoking one forgets it at once. When a key was last used
 * is written at most once a minute per key.
 */
public final class Accounts {
    private static final Duration LAST_USED_GRAIN = Duration.ofMinutes(1);
    /** Only keys that exist are remembered, so strangers cannot fill this. */
    private final Map<String, AccountStore.Authenticated> known = new ConcurrentHashMap<>();
    private final Map<String, Instant> lastWritten = new ConcurrentHashMap<>();
    private final AccountStore store;
    private final InstantSource clock;

    public Accounts(AccountStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /** A key that was just made; the only moment it can be read. */
    public record NewKey(KeyInfo info, ApiKey key) {}

    /**
     * The team a key belongs to.
     *
     * @throws ControlException {@code UNAUTHENTICATED} if there is no such key; the text begins as clients expect
     *     ({@code contract/rest-api.md} §1.2)
     */
    public Team authenticate(String text) {
        var found = ApiKey.parse(text).map(ApiKey::hash).flatMap(this::lookUp).orElseThrow(() -> new ControlException(
                Category.UNAUTHENTICATED,
                "Invalid API key, please visit https://e2b.dev/docs/api-key for more information.\n"
                        + "This is a self-hosted Caisson: `caisson env` prints the key that works here."));
        noteUse(found.keyId());
        return found.team();
    }

    private Optional<AccountStore.Authenticated> lookUp(String hash) {
        return Optional.ofNullable(known.computeIfAbsent(hash, h -> store.findByHash(h).orElse(null)));
    }

    private void noteUse(String keyId) {
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        var before = lastWritten.get(keyId);
        if (before == null || before.plus(LAST_USED_GRAIN).isBefore(now)) {
            lastWritten.put(keyId, now);
            Thread.ofVirtual().name("key-last-used").start(() -> store.used(keyId, now));
        }
    }

    /** The team everything belongs to on a machine with one user, made on first use. */
    public Team defaultTeam(int maxSandboxes, Duration maxLength) {
        return store.teams().stream().findFirst().orElseGet(() -> {
            var team = new Team(UUID.randomUUID().toString(), "Default", "default", maxSandboxes, maxLength);
            store.addTeam(team);
            return team;
        });
    }

    public NewKey createKey(Team team, String name) {
        var key = ApiKey.random();
        var info = new KeyInfo(
                UUID.randomUUID().toString(), team.id(), name, key.mask(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS), Optional.empty());
        store.addKey(info, key.hash());
        return new NewKey(info, key);
    }

    public List<KeyInfo> keys(Team team) {
        return store.keys(team.id());
    }

    /** @throws ControlException {@code NOT_FOUND} */
    public void renameKey(Team team, String keyId, String name) {
        if (!store.renameKey(team.id(), keyId, name)) {
            throw noSuchKey();
        }
    }

    /**
     * From its return on the key is refused.
     *
     * @throws ControlException {@code NOT_FOUND}
     */
    public void revokeKey(Team team, String keyId) {
        if (!store.removeKey(team.id(), keyId)) {
            throw noSuchKey();
        }
        known.values().removeIf(authenticated -> authenticated.keyId().equals(keyId));
        lastWritten.remove(keyId);
    }

    private static ControlException noSuchKey() {
        return new ControlException(Category.NOT_FOUND, "API key not found");
    }
}
