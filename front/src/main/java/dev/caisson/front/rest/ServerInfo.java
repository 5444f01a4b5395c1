package dev.caisson.front.rest;

/**
 * What a server tells of itself.
 *
 * @param url where it answers
 * @param domain what follows {@code PORT-ID.} in the address of a port in a sandbox, with its port; empty without TLS
 * @param engine name and build of the engine new sandboxes get
 */
public record ServerInfo(long pid, String version, String url, String domain, String engine, String isolation) {}
