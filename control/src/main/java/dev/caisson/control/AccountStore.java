package dev.caisson.control;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Where teams and keys are kept. Safe for use by many threads. */
public interface AccountStore {

    void addTeam(Team team);

    List<Team> teams();

    void addKey(KeyInfo key, String hash);

    Optional<Caller> findByHash(String hash);

    List<KeyInfo> keys(String teamId);

    /** @return false if the team has no such key */
    boolean renameKey(String teamId, String keyId, String name);

    /** @return false if the team has no such key */
    boolean removeKey(String teamId, String keyId);

    /** Returns at once and is written soon. */
    void used(String keyId, Instant when);
}
