package dev.caisson.base;

/** What kind of failure an exception reports; {@code front} maps each to one HTTP status, {@code envd} to one Connect code. */
public enum Category {
    /** The request itself is malformed or breaks a rule; repeating it unchanged will fail again. */
    INVALID,
    /** The caller is not known: a credential is missing or wrong. */
    UNAUTHENTICATED,
    /** The caller is known but may not do this. */
    DENIED,
    /** The thing named does not exist, or the caller may not know that it does. */
    NOT_FOUND,
    /** The thing exists already, or is in a state that does not allow this. */
    CONFLICT,
    /** A limit is reached; nothing was done, and trying again later may work. */
    EXHAUSTED,
    /** Something this depends on does not answer at the moment; nothing was done. */
    UNAVAILABLE,
    /** A deadline passed first. */
    TIMEOUT,
    /** This installation or this engine cannot do it. */
    UNSUPPORTED,
    /** A defect or a broken machine; the message says what was attempted. */
    INTERNAL
}
