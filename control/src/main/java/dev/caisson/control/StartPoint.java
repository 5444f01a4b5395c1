package dev.caisson.control;

import dev.caisson.node.ShownTemplate;
import java.time.Duration;
import java.util.Optional;

/**
 * What a new sandbox is made from.
 *
 * @param start as the node knows it: a template's id, or a snapshot's
 * @param shown what clients are told, if not the template itself
 * @param timeout life of a sandbox when a request names none
 */
record StartPoint(String start, Optional<ShownTemplate> shown, Duration timeout) {}
