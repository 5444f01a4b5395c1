package dev.caisson.front.rest;

/**
 * What a server tells of itself.
 *
 * @param url where it answers
 * @param engine name and build of the engine new sandboxes get
 */
public record ServerInfo(long pid, String version, String url, String engine, String isolation) {}
