package dev.caisson.node;

/** Why a sandbox ended. */
public enum EndCause {
    /** Somebody asked for it. */
    REQUEST,
    /** The operator asked for it. */
    OPERATOR,
    /** Its deadline passed. */
    DEADLINE,
    /** The process that isolates it ended by itself or was killed. */
    ENGINE_DIED,
    /** Its agent did not answer any more. */
    AGENT_HUNG,
    /** The machine was restarted under it. */
    HOST_RESTARTED,
    /** Its start or adoption did not succeed. */
    FAILED
}
