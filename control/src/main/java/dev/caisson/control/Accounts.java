package dev.caisson.control;

import dev.caisson.base.Category;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * Teams and their API keys. Safe for use by many threads.
 *
 * <p>Known keys are remembered so that a request costs no query; revoking one forgets it at once. When a key was last used
 * is written at most once a minute per key.
 */
public final class Accounts {
    private static final Duration LAST_USED_GRAIN = Duration.ofMinutes(1);
    private static final int MOST_KEYS = 1000;
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    /** Only keys that exist are remembered, so strangers cannot fill this. */
    private final Map<String, Caller> known = new ConcurrentHashMap<>();
    /** A look-up that began before its key was revoked may remember it afterwards; ids are never used again. */
    private final Set<String> revoked = ConcurrentHashMap.newKeySet();
    private final Map<String, Instant> lastWritten = new ConcurrentHashMap<>();
    private final List<Runnable> afterRevocation = new CopyOnWriteArrayList<>();
    private final Object teamCreation = new Object();
    private final AccountStore store;
    private final InstantSource clock;

    public Accounts(AccountStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /** A key that was just made; the only moment it can be read. */
    public record NewKey(KeyInfo info, ApiKey key) {}

    /** Who a key belongs to, if there is such a key. */
    public Optional<Caller> caller(String text) {
        var caller = ApiKey.parse(text).map(ApiKey::hash).flatMap(this::lookUp).filter(found -> !revoked.contains(found.keyId()));
        caller.ifPresent(found -> noteUse(found.keyId()));
        return caller;
    }

    private Optional<Caller> lookUp(String hash) {
        return Optional.ofNullable(known.computeIfAbsent(hash, h -> store.findByHash(h).orElse(null)));
    }

    private void noteUse(String keyId) {
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        var before = lastWritten.get(keyId);
        if (before == null || before.plus(LAST_USED_GRAIN).isBefore(now)) {
            lastWritten.put(keyId, now);
            store.used(keyId, now);
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

    /** Every team, in the order they were made. */
    public List<Team> teams() {
        return store.teams();
    }

    /** @throws ControlException {@code INVALID} if it is no UUID, {@code NOT_FOUND} */
    public Team team(String id) {
        if (!isUuid(id)) {
            throw new ControlException(Category.INVALID, "Invalid team ID");
        }
        return store.teams().stream()
                .filter(team -> team.id().equals(id.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new ControlException(Category.NOT_FOUND, "Team not found"));
    }

    /** @throws ControlException {@code CONFLICT} if the slug is taken */
    public Team createTeam(NewTeam wish) {
        var team = new Team(UUID.randomUUID().toString(), wish.name().strip(), wish.effectiveSlug(), wish.maxSandboxes(), wish.maxLength());
        synchronized (teamCreation) {
            if (store.teams().stream().anyMatch(other -> other.slug().equals(team.slug()))) {
                throw new ControlException(
                        Category.CONFLICT, "there is a team with the slug '" + team.slug() + "' already; choose another slug");
            }
            store.addTeam(team);
        }
        return team;
    }

    /** @throws ControlException {@code INVALID} name, {@code CONFLICT} if the team has too many keys */
    public NewKey createKey(Team team, String name) {
        Names.require("a key's name", name);
        if (store.keys(team.id()).size() >= MOST_KEYS) {
            throw new ControlException(
                    Category.CONFLICT, "the team has " + MOST_KEYS + " keys, which is the most it can have; revoke some first");
        }
        var key = ApiKey.random();
        var info = new KeyInfo(
                UUID.randomUUID().toString(), team.id(), name.strip(), key.mask(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS), Optional.empty());
        store.addKey(info, key.hash());
        return new NewKey(info, key);
    }

    /** Oldest first. */
    public List<KeyInfo> keys(Team team) {
        return store.keys(team.id());
    }

    /** @throws ControlException {@code INVALID} name or id, {@code NOT_FOUND} */
    public void renameKey(Team team, String keyId, String name) {
        Names.require("a key's name", name);
        if (!store.renameKey(team.id(), requireKeyId(keyId), name.strip())) {
            throw noSuchKey();
        }
    }

    /**
     * From its return on the key is refused.
     *
     * @throws ControlException {@code INVALID} id, {@code NOT_FOUND}
     */
    public void revokeKey(Team team, String keyId) {
        if (!store.removeKey(team.id(), requireKeyId(keyId))) {
            throw noSuchKey();
        }
        revoked.add(keyId);
        known.values().removeIf(caller -> caller.keyId().equals(keyId));
        lastWritten.remove(keyId);
        afterRevocation.forEach(Runnable::run);
    }

    /** Runs {@code action} after every revocation, before the caller hears of it; to be called before the first request. */
    public void afterRevocation(Runnable action) {
        afterRevocation.add(action);
    }

    private static String requireKeyId(String id) {
        if (!isUuid(id)) {
            throw new ControlException(Category.INVALID, "Invalid API key ID");
        }
        return id;
    }

    private static boolean isUuid(String text) {
        return UUID_FORM.matcher(text).matches();
    }

    private static ControlException noSuchKey() {
        return new ControlException(Category.NOT_FOUND, "API key not found");
    }
}
