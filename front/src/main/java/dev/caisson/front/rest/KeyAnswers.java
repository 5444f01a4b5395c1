package dev.caisson.front.rest;

import dev.caisson.control.Accounts;
import dev.caisson.control.KeyInfo;
import dev.caisson.control.KeyMask;
import java.time.Instant;
import java.util.Optional;

/** How API keys look on the wire ({@code contract/rest-api.md} §4.3). */
final class KeyAnswers {
    private KeyAnswers() {}

    /** A row of a list. */
    record Key(String id, String name, KeyMask mask, Instant createdAt, Optional<Instant> lastUsed) {}

    /** The only answer that has the key itself. */
    record Created(String id, String name, KeyMask mask, Instant createdAt, String key) {}

    static Key of(KeyInfo key) {
        return new Key(key.id(), key.name(), key.mask(), key.created(), key.lastUsed());
    }

    static Created of(Accounts.NewKey made) {
        var info = made.info();
        return new Created(info.id(), info.name(), info.mask(), info.created(), made.key().text());
    }
}
