package dev.caisson.control;

import java.util.Optional;

/**
 * Which snapshots a list is to have, newest first.
 *
 * @param source id of the sandbox they were taken from
 * @param name a reference; without a tag it means any
 * @param limit rows of one page, 1..100
 * @param after the last row of the page before
 */
public record SnapshotQuery(Optional<String> source, Optional<String> name, int limit, Optional<PagePosition> after) {}
