package dev.caisson.app.client;

/** What is known of a port inside a sandbox. */
public enum PortState {
    OPEN,
    /** Nothing listens. */
    CLOSED,
    /** Requests need the sandbox's traffic access token. */
    PRIVATE
}
